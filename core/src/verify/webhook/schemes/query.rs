//! Signed query strings and signed URLs.

use crate::verify::{
    mac::Hash,
    webhook::row::{
        BASE, Digest, KeyEncoding, PairText, Pairs, Place, Repeats, Row, SignatureEncoding, TimeAt,
    },
};

const TELEGRAM: Row<'static> = Row {
    id: "telegram-webapp",
    title: "Telegram Mini App",
    source: "https://core.telegram.org/bots/webapps#validating-data-received-via-the-mini-app",
    place: Place::Parameter("hash"),
    key_label: "WebAppData",
    signed: "{query}",
    pairs: Pairs {
        join: "\n",
        ..BASE.pairs
    },
    weakness: "the data is sent with every call of a session, so a replay cannot be told",
    time: TimeAt::Parameter("auth_date"),
    max_age_s: 86_400,
    comes_again: true,
    ..BASE
};

pub(super) const ROWS: &[Row<'static>] = &[
    Row {
        id: "shopify-oauth",
        title: "Shopify OAuth and admin links",
        source: "https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant",
        place: Place::Parameter("hmac"),
        not_secrets: "shpat_,shpca_",
        signed: "{query}",
        pairs: Pairs {
            except: "signature",
            // So the vendor's SDK for JavaScript writes them.
            text: PairText::UrlStandard,
            repeats: Repeats::Arrays,
            ..BASE.pairs
        },
        time: TimeAt::Parameter("timestamp"),
        max_age_s: 90,
        max_future_s: 90,
        shopify_lists: true,
        ..BASE
    },
    Row {
        id: "shopify-app-proxy",
        title: "Shopify app proxy",
        source: "https://shopify.dev/docs/apps/build/online-store/app-proxies/authenticate-app-proxies",
        weakness: "pairs are signed without a separator: a shopper's parameters can be folded into one another and take the end of shop and path_prefix, and a query that holds the name of one of Shopify's a second time is refused; shoppers may call the same page in the same second, so a replay cannot be told",
        place: Place::Parameter("signature"),
        not_secrets: "shpat_,shpca_",
        signed: "{query}",
        pairs: Pairs {
            join: "",
            repeats: Repeats::Comma,
            single: "logged_in_customer_id,path_prefix,shop,timestamp",
            ..BASE.pairs
        },
        required: "shop,path_prefix,timestamp",
        time: TimeAt::Parameter("timestamp"),
        max_age_s: 90,
        max_future_s: 90,
        comes_again: true,
        ..BASE
    },
    Row {
        id: "discourse-connect",
        title: "Discourse Connect",
        source: "https://meta.discourse.org/t/setup-discourseconnect-official-single-sign-on-for-discourse-sso/13045",
        weakness: "no signed time; check the nonce inside",
        place: Place::Parameter("sig"),
        signed: "{param:sso}",
        ..BASE
    },
    Row {
        id: "bigbluebutton",
        title: "BigBlueButton API call",
        source: "https://docs.bigbluebutton.org/development/api/#usage",
        weakness: "a plain hash with the secret at its end; no signed time; the same call comes again, so a replay cannot be told; SHA-384 is not taken",
        place: Place::Parameter("checksum"),
        digest: Digest::Hash,
        hash: &[Hash::Sha256, Hash::Sha1, Hash::Sha512],
        signed: "{url:call}{query:raw}{secret}",
        comes_again: true,
        ..BASE
    },
    Row {
        id: "wechat-server",
        title: "WeChat server callback",
        source: "https://developers.weixin.qq.com/doc/offiaccount/en/Basic_Information/Access_Overview.html",
        weakness: "the body and other parameters are not signed; time and nonce may change places, so keep replay keys for good",
        place: Place::Parameter("signature"),
        digest: Digest::Hash,
        hash: &[Hash::Sha1],
        signed: "{sorted:secret,timestamp,param:nonce}",
        time: TimeAt::Parameter("timestamp"),
        ..BASE
    },
    Row {
        id: "wechat-miniprogram",
        title: "WeChat mini program data",
        source: "https://developers.weixin.qq.com/miniprogram/en/dev/framework/open-ability/signature.html",
        weakness: "plain SHA-1 with the session key at its end; no signed time; the same data comes again",
        place: Place::Parameter("signature"),
        digest: Digest::Hash,
        hash: &[Hash::Sha1],
        signed: "{body}{secret}",
        comes_again: true,
        ..BASE
    },
    Row {
        id: "google-maps-url",
        title: "Google Maps signed URL",
        source: "https://developers.google.com/maps/documentation/maps-static/digital-signature",
        weakness: "no signed time; the URL is used again",
        place: Place::Parameter("signature"),
        encoding: SignatureEncoding::Base64UrlPadded,
        hash: &[Hash::Sha1],
        key: KeyEncoding::Base64Url,
        signed: "{url:path}?{query:raw}",
        comes_again: true,
        ..BASE
    },
    Row {
        id: "vk-launch-params",
        title: "VK Mini App launch parameters",
        source: "https://dev.vk.com/en/mini-apps/development/launch-params-sign",
        weakness: "only parameters that begin with vk_ are signed; the time among them, vk_ts, is not checked; they are sent with every call",
        place: Place::Parameter("sign"),
        encoding: SignatureEncoding::Base64Url,
        signed: "{query}",
        pairs: Pairs {
            only: "vk_",
            text: PairText::Form,
            ..BASE.pairs
        },
        comes_again: true,
        ..BASE
    },
    TELEGRAM,
    Row {
        id: "telegram-webapp-ed25519",
        title: "Telegram Mini App, third party",
        source: "https://core.telegram.org/bots/webapps#validating-data-for-third-party-use",
        place: Place::Parameter("signature"),
        encoding: SignatureEncoding::Base64Url,
        digest: Digest::Ed25519,
        key: KeyEncoding::BotIdEd25519Hex,
        key_label: "",
        signed: "{key:id}:WebAppData\n{query}",
        pairs: Pairs {
            except: "hash",
            ..TELEGRAM.pairs
        },
        ..TELEGRAM
    },
    Row {
        id: "vonage-signature",
        title: "Vonage SMS API",
        source: "https://developer.vonage.com/en/getting-started/concepts/signing-messages",
        weakness: "& and = in values are replaced by _ before signing, so different values share a signature; only GET webhooks, and only HMAC by SHA-256 or SHA-512: the dashboard's default is MD5",
        place: Place::Parameter("sig"),
        hash: &[Hash::Sha256, Hash::Sha512],
        signed: "{query}",
        pairs: Pairs {
            text: PairText::Underscore,
            start: "&",
            join: "",
            ..BASE.pairs
        },
        time: TimeAt::Parameter("timestamp"),
        ..BASE
    },
    Row {
        id: "imgproxy",
        title: "imgproxy URL",
        source: "https://docs.imgproxy.net/usage/signing_url",
        weakness: "no signed time; the URL is used again",
        place: Place::PathSegment,
        encoding: SignatureEncoding::Base64Url,
        key: KeyEncoding::HexKeyHexSalt,
        signed: "{key:salt}/{url:rest}",
        comes_again: true,
        ..BASE
    },
    Row {
        id: "thumbor",
        title: "thumbor URL",
        source: "https://thumbor.readthedocs.io/en/latest/security.html",
        weakness: "no signed time; the URL is used again",
        place: Place::PathSegment,
        encoding: SignatureEncoding::Base64UrlPadded,
        hash: &[Hash::Sha1],
        signed: "{url:rest}",
        comes_again: true,
        ..BASE
    },
];
