//! Static tokens, and schemes with public keys.

use crate::verify::webhook::row::{
    BASE, Digest, Expect, Expected, Headers, KeyEncoding, Row, SignatureEncoding, TimeAt, TimeUnit,
};

const TOKEN_WEAKNESS: &str = "a static token: nothing of the request is signed";

const fn token(
    id: &'static str,
    title: &'static str,
    source: &'static str,
    header: &'static str,
) -> Row<'static> {
    Row {
        id,
        title,
        source,
        weakness: TOKEN_WEAKNESS,
        headers: Headers {
            signature: header,
            time: "",
            id: "",
        },
        digest: Digest::Token,
        signed: "",
        ..BASE
    }
}

pub(super) const ROWS: &[Row<'static>] = &[
    token(
        "gitlab-token",
        "GitLab secret token",
        "https://docs.gitlab.com/user/project/integrations/webhooks/",
        "X-Gitlab-Token",
    ),
    token(
        "telegram-secret-token",
        "Telegram bot webhook",
        "https://core.telegram.org/bots/api#setwebhook",
        "X-Telegram-Bot-Api-Secret-Token",
    ),
    token(
        "okta",
        "Okta event hook",
        "https://developer.okta.com/docs/concepts/event-hooks/",
        "Authorization",
    ),
    Row {
        id: "sendgrid",
        title: "SendGrid event webhook",
        source: "https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features",
        headers: Headers {
            signature: "X-Twilio-Email-Event-Webhook-Signature",
            time: "X-Twilio-Email-Event-Webhook-Timestamp",
            id: "",
        },
        encoding: SignatureEncoding::Base64,
        digest: Digest::EcdsaP256,
        key: KeyEncoding::SpkiDerBase64,
        signed: "{timestamp}{body}",
        time: TimeAt::Header,
        ..BASE
    },
    Row {
        id: "discord",
        title: "Discord interactions",
        source: "https://discord.com/developers/docs/interactions/overview#setting-up-an-endpoint-validating-security-request-headers",
        headers: Headers {
            signature: "X-Signature-Ed25519",
            time: "X-Signature-Timestamp",
            id: "",
        },
        digest: Digest::Ed25519,
        key: KeyEncoding::Ed25519PublicHex,
        signed: "{timestamp}{body}",
        time: TimeAt::Header,
        ..BASE
    },
    Row {
        id: "paypal",
        title: "PayPal",
        source: "https://developer.paypal.com/api/rest/webhooks/rest/#link-selfverificationmethod",
        weakness: "the body is tied to the signature by a CRC-32 only; check the certificate before it is configured",
        headers: Headers {
            signature: "PAYPAL-TRANSMISSION-SIG",
            time: "PAYPAL-TRANSMISSION-TIME",
            id: "PAYPAL-TRANSMISSION-ID",
        },
        expect: &[
            Expect {
                header: "PAYPAL-AUTH-ALGO",
                required: true,
                value: Expected::Is("SHA256withRSA"),
            },
            Expect {
                header: "PAYPAL-CERT-URL",
                required: true,
                value: Expected::HttpsHost(&["api.paypal.com", "api.sandbox.paypal.com"]),
            },
        ],
        encoding: SignatureEncoding::Base64,
        digest: Digest::RsaSha256,
        key: KeyEncoding::WebhookIdX509Pem,
        signed: "{id}|{timestamp}|{key:id}|{body:crc32}",
        time: TimeAt::Header,
        unit: TimeUnit::Rfc3339,
        ..BASE
    },
];
