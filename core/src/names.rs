//! The stable names of what callers may choose, the same in configuration files and in every language.

use crate::{
    http::{FailureKind, FailurePhase},
    proto::request::RequestKind,
    securesign::types::{SecureSignEnvironment, SecureSignHash, SecureSignPlatform},
    verify::webhook::{
        row::{Digest, KeyEncoding, PairText, Repeats, SignatureEncoding, TimeUnit, UrlForm},
        spec::HashKind,
    },
};

macro_rules! names {
    ($($type:ident { $($variant:ident $name:literal,)* })*) => {$(
        impl $type {
            /// The stable name.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// The one with exactly this name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                const NAMES: &[&str] = &[$($name),*];
                const ALL: &[$type] = &[$($type::$variant),*];
                ALL.get($crate::names::place(NAMES, name)).copied()
            }
        }
    )*};
}

/// Where the name is, or the length of the list.
#[inline(never)]
pub(crate) fn place(names: &[&str], name: &str) -> usize {
    let at = names.iter().position(|other| *other == name);
    at.unwrap_or(names.len())
}

pub(crate) use names;

names! {
    FailureKind {
        Timeout "timeout",
        Unreachable "unreachable",
        Tls "tls",
    }
    FailurePhase {
        NotSent "not_sent",
        MaybeSent "maybe_sent",
    }
    RequestKind {
        Start "start",
        State "state",
        Cancel "cancel",
        Release "release",
    }
    SecureSignEnvironment {
        Live "live",
        Test "test",
    }
    SecureSignPlatform {
        Web "web",
        MobileBrowser "mobile_browser",
        DesktopSoftware "desktop_software",
        DesktopAgent "desktop_agent",
    }
    SecureSignHash {
        Sha256 "SHA256",
        Sha384 "SHA384",
        Sha512 "SHA512",
    }
    Digest {
        Hmac "hmac",
        Hash "hash",
        Token "token",
        Ed25519 "ed25519",
        EcdsaP256 "ecdsa_p256",
        RsaSha256 "rsa_sha256",
    }
    HashKind {
        Sha1 "sha1",
        Sha256 "sha256",
        Sha512 "sha512",
    }
    SignatureEncoding {
        Hex "hex",
        Base64 "base64",
        Base64Url "base64url",
        Base64UrlPadded "base64url_padded",
    }
    KeyEncoding {
        Utf8 "utf8",
        Whsec "whsec",
        Base64 "base64",
        Base64Url "base64url",
        Hex "hex",
        HexKeyHexSalt "hexkey:hexsalt",
        Whpk "whpk",
        Ed25519PublicHex "ed25519_public_hex",
        BotIdEd25519Hex "botid:ed25519_hex",
        SpkiDerBase64 "spki_der_base64",
        WebhookIdX509Pem "webhookid:x509_pem",
        Whsk "whsk",
        Ed25519SeedHex "ed25519_seed_hex",
        BotIdEd25519SeedHex "botid:ed25519_seed_hex",
        Pkcs8DerBase64 "pkcs8_der_base64",
        WebhookIdPkcs8DerBase64 "webhookid:pkcs8_der_base64",
    }
    UrlForm {
        Exact "exact",
        AnyPort "any_port",
        HubSpot "hubspot",
    }
    TimeUnit {
        Seconds "seconds",
        Milliseconds "milliseconds",
        Rfc3339 "rfc3339",
        ImfFixdate "imf_fixdate",
    }
    PairText {
        Decoded "decoded",
        Percent "percent",
        Form "form",
        UrlStandard "url_standard",
        Underscore "underscore",
    }
    Repeats {
        Refuse "refuse",
        Arrays "arrays",
        Comma "comma",
        Unique "unique",
    }
}
