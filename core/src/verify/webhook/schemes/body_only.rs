//! Schemes that sign the body and nothing else. They have no time, so a captured request stays valid: keep replay keys.

use crate::verify::{
    mac::Hash,
    webhook::row::{BASE, Digest, Headers, KeyEncoding, Row, SignatureEncoding, TimeAt, TimeUnit},
};

const TOPIC_WEAKNESS: &str = "no signed time: a captured request stays valid until its replay key is known; nor is the topic signed: it only tells two events \
     of the same bytes apart, so that a copy is taken for a new one with each topic that somebody invents: refuse those you did not subscribe to";

const NO_TIME: &str =
    "no signed time: a captured request stays valid until its replay key is known";

const fn hex(
    id: &'static str,
    title: &'static str,
    source: &'static str,
    signature: &'static str,
    prefix: &'static str,
) -> Row<'static> {
    Row {
        id,
        title,
        source,
        weakness: NO_TIME,
        headers: Headers {
            signature,
            time: "",
            id: "",
        },
        prefix,
        ..BASE
    }
}

const fn base64(
    id: &'static str,
    title: &'static str,
    source: &'static str,
    signature: &'static str,
) -> Row<'static> {
    Row {
        encoding: SignatureEncoding::Base64,
        ..hex(id, title, source, signature, "")
    }
}

pub(super) const ROWS: &[Row<'static>] = &[
    hex(
        "github",
        "GitHub",
        "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
        "X-Hub-Signature-256",
        "sha256=",
    ),
    Row {
        hash: &[Hash::Sha1],
        weakness: "SHA-1, kept by GitHub for old receivers; use the scheme github. No signed time",
        ..hex(
            "github-sha1",
            "GitHub, old SHA-1 header",
            "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
            "X-Hub-Signature",
            "sha1=",
        )
    },
    hex(
        "bitbucket",
        "Atlassian (Bitbucket, Jira)",
        "https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/",
        "X-Hub-Signature",
        "sha256=",
    ),
    hex(
        "meta",
        "Meta (Messenger, WhatsApp, Instagram)",
        "https://developers.facebook.com/docs/graph-api/webhooks/getting-started#validate-payloads",
        "X-Hub-Signature-256",
        "sha256=",
    ),
    Row {
        alias: Some(Headers {
            signature: "shopify-hmac-sha256",
            time: "",
            id: "",
        }),
        not_secrets: "shpat_,shpca_",
        weakness: TOPIC_WEAKNESS,
        topic: "X-Shopify-Topic,shopify-topic",
        ..base64(
            "shopify",
            "Shopify webhooks",
            "https://shopify.dev/docs/apps/build/webhooks/subscribe/https",
            "X-Shopify-Hmac-Sha256",
        )
    },
    Row {
        hash: &[Hash::Sha1],
        ..hex(
            "intercom",
            "Intercom",
            "https://developers.intercom.com/docs/webhooks/webhook-notifications",
            "X-Hub-Signature",
            "sha1=",
        )
    },
    Row {
        weakness: "no id and no time: every change of an account comes with the same bytes, so a replay cannot be told",
        comes_again: true,
        ..hex(
            "dropbox",
            "Dropbox",
            "https://www.dropbox.com/developers/reference/webhooks",
            "X-Dropbox-Signature",
            "",
        )
    },
    Row {
        not_secrets: "lin_api_",
        time: TimeAt::Json("webhookTimestamp"),
        unit: TimeUnit::Milliseconds,
        max_age_s: 60,
        max_future_s: 60,
        ..hex(
            "linear",
            "Linear",
            "https://linear.app/developers/webhooks",
            "Linear-Signature",
            "",
        )
    },
    Row {
        prefix: "sha256=",
        ..base64(
            "typeform",
            "Typeform",
            "https://www.typeform.com/developers/webhooks/secure-your-webhooks/",
            "Typeform-Signature",
        )
    },
    base64(
        "xero",
        "Xero",
        "https://developer.xero.com/documentation/guides/webhooks/configuring-your-server/",
        "x-xero-signature",
    ),
    base64(
        "docusign",
        "DocuSign Connect",
        "https://developers.docusign.com/platform/webhooks/connect/hmac/",
        "X-DocuSign-Signature-#",
    ),
    base64(
        "line",
        "LINE",
        "https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/",
        "X-Line-Signature",
    ),
    hex(
        "gocardless",
        "GoCardless",
        "https://developer.gocardless.com/getting-started/staying-up-to-date-with-webhooks",
        "Webhook-Signature",
        "",
    ),
    Row {
        not_secrets: "rzp_live_,rzp_test_",
        ..hex(
            "razorpay",
            "Razorpay",
            "https://razorpay.com/docs/webhooks/validate-test/",
            "X-Razorpay-Signature",
            "",
        )
    },
    hex(
        "coinbase-commerce",
        "Coinbase Commerce",
        "https://docs.cdp.coinbase.com/commerce/docs/webhooks-security",
        "X-CC-Webhook-Signature",
        "",
    ),
    hex(
        "onfido",
        "Onfido",
        "https://documentation.onfido.com/api/latest/#verifying-webhook-signatures",
        "X-SHA2-Signature",
        "",
    ),
    Row {
        separator: ",",
        ..hex(
            "circleci",
            "CircleCI",
            "https://circleci.com/docs/guides/integration/outbound-webhooks/",
            "circleci-signature",
            "v1=",
        )
    },
    Row {
        separator: ",",
        ..hex(
            "pagerduty",
            "PagerDuty v3",
            "https://developer.pagerduty.com/docs/verifying-webhook-signatures",
            "X-PagerDuty-Signature",
            "v1=",
        )
    },
    Row {
        key: KeyEncoding::Hex,
        ..base64(
            "adyen-header",
            "Adyen (banking, management, classic)",
            "https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures",
            "HmacSignature",
        )
    },
    Row {
        hash: &[Hash::Sha512],
        ..hex(
            "paystack",
            "Paystack",
            "https://paystack.com/docs/payments/webhooks/",
            "x-paystack-signature",
            "",
        )
    },
    Row {
        hash: &[Hash::Sha1],
        ..hex(
            "vercel",
            "Vercel",
            "https://vercel.com/docs/webhooks/webhooks-api",
            "x-vercel-signature",
            "",
        )
    },
    Row {
        weakness: "Sentry-Hook-Timestamp is not signed, so no time is checked",
        // Of requests that wait for an answer: issue links, alert actions, selects (getsentry/sentry, `external_requests`).
        alias: Some(Headers {
            signature: "Sentry-App-Signature",
            time: "",
            id: "",
        }),
        ..hex(
            "sentry",
            "Sentry",
            "https://docs.sentry.io/organization/integrations/integration-platform/webhooks/",
            "Sentry-Hook-Signature",
            "",
        )
    },
    hex(
        "lemonsqueezy",
        "Lemon Squeezy",
        "https://docs.lemonsqueezy.com/help/webhooks/signing-requests",
        "X-Signature",
        "",
    ),
    Row {
        weakness: TOPIC_WEAKNESS,
        topic: "X-WC-Webhook-Topic",
        ..base64(
            "woocommerce",
            "WooCommerce",
            "https://woocommerce.com/document/webhooks/",
            "X-WC-Webhook-Signature",
        )
    },
    hex(
        "notion",
        "Notion",
        "https://developers.notion.com/reference/webhooks",
        "X-Notion-Signature",
        "sha256=",
    ),
    Row {
        digest: Digest::Hash,
        hash: &[Hash::Sha1],
        signed: "{body}{secret}",
        weakness: "plain SHA-1 with the secret at its end: a SHA-1 collision carries over to the signature; user_validation comes again \
                   with the same bytes, so a replay cannot be told: know the transaction by its id",
        comes_again: true,
        ..hex(
            "xsolla",
            "Xsolla",
            "https://developers.xsolla.com/webhooks/overview/",
            "Authorization",
            "Signature ",
        )
    },
];
