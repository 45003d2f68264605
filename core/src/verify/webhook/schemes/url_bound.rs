//! Schemes that sign the URL of the receiver.

use crate::verify::{
    mac::Hash,
    webhook::row::{
        BASE, Digest, Expect, Expected, Headers, PairText, Pairs, Repeats, Row, SignatureEncoding,
        UrlForm,
    },
};

const HUBSPOT: &str =
    "https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests";
const HUBSPOT_WEAKNESS: &str =
    "a plain hash with the secret in front, open to length extension; no signed time";

const fn header(signature: &'static str) -> Headers<'static> {
    Headers {
        signature,
        time: "",
        id: "",
    }
}

pub(super) const ROWS: &[Row<'static>] = &[
    Row {
        id: "twilio",
        title: "Twilio",
        source: "https://www.twilio.com/docs/usage/webhooks/webhooks-security",
        weakness: "form names and values are signed without a separator; no signed time; a call may ask the same twice, so a replay \
                   cannot be told: know a message by its MessageSid",
        headers: header("X-Twilio-Signature"),
        encoding: SignatureEncoding::Base64,
        // SHA-256 with a shared key: https://www.twilio.com/docs/usage/webhooks/webhook-shared-keys
        hash: &[Hash::Sha1, Hash::Sha256],
        comes_again: true,
        signed: "{url}{form:bodySHA256}",
        url: UrlForm::AnyPort,
        pairs: Pairs {
            text: PairText::Decoded,
            equals: "",
            join: "",
            repeats: Repeats::Unique,
            ..BASE.pairs
        },
        ..BASE
    },
    Row {
        id: "square",
        title: "Square",
        source: "https://developer.squareup.com/docs/webhooks/step3validate",
        weakness: "no signed time; nothing separates URL and body",
        headers: header("x-square-hmacsha256-signature"),
        encoding: SignatureEncoding::Base64,
        signed: "{url}{body}",
        ..BASE
    },
    Row {
        id: "hubspot-v1",
        title: "HubSpot v1",
        source: HUBSPOT,
        weakness: HUBSPOT_WEAKNESS,
        headers: header("X-HubSpot-Signature"),
        expect: &[Expect {
            header: "X-HubSpot-Signature-Version",
            required: false,
            value: Expected::Is("v1"),
        }],
        digest: Digest::Hash,
        signed: "{secret}{body}",
        ..BASE
    },
    Row {
        id: "hubspot-v2",
        title: "HubSpot v2",
        source: HUBSPOT,
        weakness: "a plain hash with the secret in front, open to length extension; no signed time; nothing separates URL and body; cards \
                   are fetched with the same bytes again, so a replay cannot be told",
        comes_again: true,
        headers: header("X-HubSpot-Signature"),
        expect: &[Expect {
            header: "X-HubSpot-Signature-Version",
            required: false,
            value: Expected::Is("v2"),
        }],
        digest: Digest::Hash,
        signed: "{secret}{method}{url}{body}",
        ..BASE
    },
    Row {
        id: "trello",
        title: "Trello",
        source: "https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/#webhook-signatures",
        weakness: "no signed time; nothing separates body and URL",
        headers: header("X-Trello-Webhook"),
        encoding: SignatureEncoding::Base64,
        hash: &[Hash::Sha1],
        signed: "{body}{url}",
        ..BASE
    },
    Row {
        id: "plivo-v2",
        title: "Plivo v2",
        source: "https://www.plivo.com/docs/messaging/concepts/signature-validation",
        weakness: "the body is not signed",
        headers: header("X-Plivo-Signature-V2"),
        encoding: SignatureEncoding::Base64,
        signed: "{url:no-query}{header:X-Plivo-Signature-V2-Nonce}",
        ..BASE
    },
];
