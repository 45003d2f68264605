//! Schemes whose signature is inside the body. Where it is, and over what, is code of [`custom`](super::super::custom).

use crate::verify::webhook::row::{BASE, KeyEncoding, Place, Row, SignatureEncoding, TimeAt};

pub(super) const ROWS: &[Row<'static>] = &[
    Row {
        id: "mailgun",
        title: "Mailgun",
        source: "https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks",
        weakness: "only time and token are signed: the event data could be exchanged, so the token must be single-use",
        place: Place::Mailgun,
        signed: "{timestamp}{id}",
        time: TimeAt::Body,
        // It comes again for eight hours, signed once.
        max_age_s: 32_400,
        ..BASE
    },
    Row {
        id: "adyen-item",
        title: "Adyen payments",
        source: "https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures",
        weakness: "eight fields of the item are signed, joined by colons; the rest of the body is not. Batches are refused: each item has \
                   a signature of its own",
        place: Place::AdyenItems,
        encoding: SignatureEncoding::Base64,
        key: KeyEncoding::Hex,
        signed: "{items}",
        ..BASE
    },
];
