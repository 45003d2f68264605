//! Schemes that sign a time, told in a header.

use crate::verify::{
    mac::Hash,
    webhook::row::{
        BASE, Digest, Expect, Expected, Headers, PairText, Pairs, Row, SignatureEncoding, TimeAt,
        TimeUnit, UrlForm,
    },
};

const fn headers(signature: &'static str, time: &'static str) -> Headers<'static> {
    Headers {
        signature,
        time,
        id: "",
    }
}

/// The layout that Stripe began: `t=…,v1=…` over `t.body`.
const STRIPE: Row<'static> = Row {
    id: "stripe",
    title: "Stripe",
    source: "https://docs.stripe.com/webhooks/signature",
    headers: headers("Stripe-Signature", ""),
    prefix: "v1=",
    separator: ",",
    not_secrets: "sk_,rk_,pk_",
    signed: "{timestamp}.{body}",
    time: TimeAt::Label("t="),
    ..BASE
};

/// The layout that Slack began: `v0=…` over `v0:time:body`.
const SLACK: Row<'static> = Row {
    id: "slack",
    title: "Slack",
    source: "https://docs.slack.dev/authentication/verifying-requests-from-slack",
    headers: headers("X-Slack-Signature", "X-Slack-Request-Timestamp"),
    prefix: "v0=",
    not_secrets: "xoxb-,xoxp-,xapp-",
    signed: "v0:{timestamp}:{body}",
    time: TimeAt::Header,
    ..BASE
};

pub(super) const ROWS: &[Row<'static>] = &[
    STRIPE,
    SLACK,
    Row {
        id: "zoom",
        title: "Zoom",
        source: "https://developers.zoom.us/docs/api/webhooks/#verify-webhook-events",
        headers: headers("x-zm-signature", "x-zm-request-timestamp"),
        not_secrets: "",
        ..SLACK
    },
    Row {
        id: "paddle",
        title: "Paddle Billing",
        source: "https://developer.paddle.com/webhooks/signature-verification",
        headers: headers("Paddle-Signature", ""),
        prefix: "h1=",
        separator: ";",
        not_secrets: "pdl_sdbx_apikey_,pdl_live_apikey_",
        signed: "{timestamp}:{body}",
        time: TimeAt::Label("ts="),
        max_age_s: 5,
        max_future_s: 5,
        ..BASE
    },
    Row {
        id: "twitch",
        title: "Twitch EventSub",
        source: "https://dev.twitch.tv/docs/eventsub/handling-webhook-events/#verifying-the-event-message",
        headers: Headers {
            signature: "Twitch-Eventsub-Message-Signature",
            time: "Twitch-Eventsub-Message-Timestamp",
            id: "Twitch-Eventsub-Message-Id",
        },
        prefix: "sha256=",
        signed: "{id}{timestamp}{body}",
        time: TimeAt::Header,
        unit: TimeUnit::Rfc3339,
        max_age_s: 600,
        ..BASE
    },
    Row {
        id: "zendesk",
        title: "Zendesk",
        source: "https://developer.zendesk.com/documentation/webhooks/verifying/",
        headers: headers(
            "X-Zendesk-Webhook-Signature",
            "X-Zendesk-Webhook-Signature-Timestamp",
        ),
        encoding: SignatureEncoding::Base64,
        signed: "{timestamp}{body}",
        time: TimeAt::Header,
        unit: TimeUnit::Rfc3339,
        ..BASE
    },
    Row {
        id: "hubspot-v3",
        title: "HubSpot v3",
        source: "https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests",
        weakness: "twelve percent-escapes of the URL are signed as what they stand for; nothing separates URL and body",
        headers: headers("X-HubSpot-Signature-v3", "X-HubSpot-Request-Timestamp"),
        encoding: SignatureEncoding::Base64,
        signed: "{method}{url}{body}{timestamp}",
        url: UrlForm::HubSpot,
        time: TimeAt::Header,
        unit: TimeUnit::Milliseconds,
        ..BASE
    },
    Row {
        id: "box",
        title: "Box",
        source: "https://developer.box.com/guides/webhooks/v2/signatures-v2/",
        headers: headers(
            "Box-Signature-Primary,Box-Signature-Secondary",
            "Box-Delivery-Timestamp",
        ),
        expect: &[
            Expect {
                header: "Box-Signature-Version",
                required: false,
                value: Expected::Is("1"),
            },
            Expect {
                header: "Box-Signature-Algorithm",
                required: false,
                value: Expected::Is("HmacSHA256"),
            },
        ],
        encoding: SignatureEncoding::Base64,
        signed: "{body}{timestamp}",
        time: TimeAt::Header,
        unit: TimeUnit::Rfc3339,
        max_age_s: 600,
        ..BASE
    },
    Row {
        id: "workos",
        title: "WorkOS",
        source: "https://workos.com/docs/events/data-syncing/webhooks",
        headers: headers("WorkOS-Signature", ""),
        separator: ", ",
        not_secrets: "sk_",
        unit: TimeUnit::Milliseconds,
        max_age_s: 180,
        max_future_s: 180,
        ..STRIPE
    },
    Row {
        id: "sanity",
        title: "Sanity",
        source: "https://www.sanity.io/docs/content-lake/webhook-best-practices",
        headers: headers("sanity-webhook-signature", ""),
        encoding: SignatureEncoding::Base64Url,
        not_secrets: "",
        unit: TimeUnit::Milliseconds,
        ..STRIPE
    },
    Row {
        id: "mux",
        title: "Mux",
        source: "https://www.mux.com/docs/core/verify-webhook-signatures",
        headers: headers("Mux-Signature", ""),
        not_secrets: "",
        ..STRIPE
    },
    Row {
        id: "calendly",
        title: "Calendly",
        source: "https://developer.calendly.com/api-docs/ZG9jOjM2MzE2MDM4-webhook-signatures",
        headers: headers("Calendly-Webhook-Signature", ""),
        not_secrets: "",
        max_age_s: 180,
        max_future_s: 180,
        ..STRIPE
    },
    Row {
        id: "elevenlabs",
        title: "ElevenLabs",
        source: "https://elevenlabs.io/docs/product-guides/administration/webhooks",
        headers: headers("ElevenLabs-Signature", ""),
        prefix: "v0=",
        not_secrets: "sk_",
        max_age_s: 1800,
        ..STRIPE
    },
    Row {
        id: "cloudflare-stream",
        title: "Cloudflare Stream",
        source: "https://developers.cloudflare.com/stream/manage-video-library/using-webhooks/",
        headers: headers("Webhook-Signature", ""),
        prefix: "sig1=",
        not_secrets: "",
        time: TimeAt::Label("time="),
        ..STRIPE
    },
    Row {
        id: "cloudinary",
        title: "Cloudinary",
        source: "https://cloudinary.com/documentation/notification_signatures",
        weakness: "a plain hash with the secret at its end: a collision of the hash carries over to the signature",
        headers: headers("X-Cld-Signature", "X-Cld-Timestamp"),
        digest: Digest::Hash,
        hash: &[Hash::Sha1, Hash::Sha256],
        signed: "{body}{timestamp}{secret}",
        time: TimeAt::Header,
        max_age_s: 7200,
        ..BASE
    },
    Row {
        id: "messagebird",
        title: "MessageBird, before Bird",
        source: "https://developers.messagebird.com/api/#verifying-http-requests",
        weakness: "the query is signed, but not the rest of the URL; MessageBird-Signature-JWT is another scheme, which is not here",
        headers: headers("MessageBird-Signature", "MessageBird-Request-Timestamp"),
        encoding: SignatureEncoding::Base64,
        signed: "{timestamp}\n{query}\n{body:sha256}",
        pairs: Pairs {
            text: PairText::Form,
            ..BASE.pairs
        },
        time: TimeAt::Header,
        ..BASE
    },
    Row {
        id: "bird",
        title: "Bird",
        source: "https://docs.bird.com/api/notifications-api/api-reference/webhook-subscriptions/verifying-a-webhook-subscription",
        headers: headers("messagebird-signature", "messagebird-request-timestamp"),
        encoding: SignatureEncoding::Base64,
        signed: "{timestamp}\n{url}\n{body:sha256}",
        time: TimeAt::Header,
        ..BASE
    },
];
