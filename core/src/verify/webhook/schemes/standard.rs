//! Standard Webhooks and its branded form.

use crate::verify::webhook::row::{BASE, Headers, KeyEncoding, Row, SignatureEncoding, TimeAt};

const UNBRANDED: Headers<'static> = Headers {
    signature: "webhook-signature",
    time: "webhook-timestamp",
    id: "webhook-id",
};

const STANDARD: Row<'static> = Row {
    id: "standard-webhooks",
    title: "Standard Webhooks (also OpenAI, GitLab signing tokens, Supabase, Polar)",
    source: "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md",
    headers: UNBRANDED,
    prefix: "v1,",
    separator: " ",
    encoding: SignatureEncoding::Base64,
    ed25519_prefix: "v1a,",
    key: KeyEncoding::Whsec,
    not_secrets: "sk_,pk_",
    signed: "{id}.{timestamp}.{body}",
    time: TimeAt::Header,
    ..BASE
};

pub(super) const ROWS: &[Row<'static>] = &[
    STANDARD,
    Row {
        id: "svix",
        title: "Svix (also Clerk, Resend)",
        source: "https://docs.svix.com/receiving/verifying-payloads/how-manual",
        headers: Headers {
            signature: "svix-signature",
            time: "svix-timestamp",
            id: "svix-id",
        },
        alias: Some(UNBRANDED),
        ..STANDARD
    },
];
