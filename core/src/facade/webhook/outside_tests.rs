//! The MACs of somebody else's against the verifier's own.

use super::*;
use crate::{
    facade::{VerifiedWebhook, WebhookHeader, WebhookKey, WebhookSigner},
    verify::{
        mac::{Hash, MacKey},
        webhook::schemes,
    },
};
use alloc::{string::ToString as _, vec};

const NOW_MS: i64 = 1_800_000_000_000;
const BODY_TEXT: &[u8] = br#"{"event":"paid","amount":1}"#;

struct Sent {
    headers: Vec<(String, String)>,
    config: WebhookConfig,
}

fn key(id: &str, secret: &str) -> WebhookKey {
    WebhookKey::new(id, secret)
}

/// A message of the scheme under the last of the keys.
fn send(scheme: &str, secrets: &[&str]) -> Option<Sent> {
    let ids = ["first", "second"];
    let keys = || ids.iter().zip(secrets).map(|(id, secret)| key(id, secret));
    let signer = WebhookSigner::new(scheme, keys().skip(secrets.len() - 1).collect()).ok()?;
    let request = WebhookRequest {
        method: Some("POST"),
        url: Some("https://shop.example/hook?a=1"),
        ..WebhookRequest::default()
    };
    let signed = signer
        .sign(&request, BODY_TEXT, Some("msg_1"), NOW_MS)
        .ok()?;
    if signed.body.is_some() || signed.url.is_some() || signed.query.is_some() {
        return None;
    }
    let headers = signed
        .headers
        .into_iter()
        .map(|header| (header.name, header.value));
    Some(Sent {
        headers: headers.collect(),
        config: WebhookConfig::new(scheme, keys().collect()),
    })
}

fn mac(key: &OutsideKey, parts: &[&[u8]]) -> Vec<u8> {
    let hash = match key.hash {
        HashKind::Sha1 => Hash::Sha1,
        HashKind::Sha256 => Hash::Sha256,
        HashKind::Sha512 => Hash::Sha512,
    };
    MacKey::new(hash, key.secret.expose()).tag(parts).to_vec()
}

type Verdict = (Result<VerifiedWebhook<()>>, Result<VerifiedWebhook<()>>);

/// What both ways say, of a body whose MACs `change` may change; `None` where the body must be seen.
fn both(sent: Sent, body: &[u8], change: impl Fn(&mut Vec<Vec<u8>>)) -> Option<Verdict> {
    let outside_keys = sent.config.outside_keys().ok()?;
    let verifier = WebhookVerifier::new(sent.config).ok()?;
    let headers: Vec<_> = sent
        .headers
        .iter()
        .map(|(name, value)| WebhookHeader {
            name,
            value: value.as_bytes(),
        })
        .collect();
    let request = WebhookRequest {
        method: Some("POST"),
        url: Some("https://shop.example/hook?a=1"),
        headers: &headers,
        ..WebhookRequest::default()
    };
    let length = u32::try_from(body.len()).ok()?;
    let wanted = verifier.outside(&request, length, NOW_MS).ok()??;
    let keys = wanted
        .keys
        .iter()
        .map(|place| &outside_keys[*place as usize]);
    let parts: [&[u8]; 3] = [&wanted.before, body, &wanted.after];
    let mut macs = keys.map(|key| mac(key, &parts)).collect();
    change(&mut macs);
    Some((
        verifier
            .verify(&request, body, NOW_MS)
            .map(VerifiedWebhook::without_body),
        verifier.verify_outside(&request, length, &macs, NOW_MS),
    ))
}

fn assert_same((own, outside): &Verdict) {
    match (own, outside) {
        (Ok(own), Ok(outside)) => {
            assert_eq!(own.key_id(), outside.key_id());
            assert_eq!(own.message_id(), outside.message_id());
            assert_eq!(own.timestamp_ms(), outside.timestamp_ms());
            assert_eq!(own.replay_key(), outside.replay_key());
            assert_eq!(own.replay_until_ms(), outside.replay_until_ms());
            assert_eq!(own.covers(), outside.covers());
        }
        (Err(own), Err(outside)) => assert_eq!(own.to_string(), outside.to_string()),
        _ => panic!("{own:?} is not {outside:?}"),
    }
}

const SECRET: &str = "a2V5IG9mIHR3ZW50eS1mb3VyIGJ5dGVz";
const OTHER: &str = "YW5vdGhlciBrZXkgb2YgMjQgYnl0ZXMh";

#[test]
fn every_scheme_gives_the_same_result() {
    let mut tried = 0;
    for scheme in schemes::all() {
        let rings = [
            (&[SECRET][..], None),
            (&[OTHER, SECRET], None),
            (&[OTHER, SECRET], Some(NOW_MS - 1)),
        ];
        for (secrets, first_not_after_ms) in rings {
            for body in [BODY_TEXT, b"something else"] {
                let mut sent = send(scheme.id, secrets);
                if let (Some(sent), Some(_)) = (&mut sent, first_not_after_ms) {
                    sent.config.keys[0].not_after_ms = first_not_after_ms;
                }
                let Some(verdict) = sent.and_then(|sent| both(sent, body, |_| {})) else {
                    continue;
                };
                assert_eq!(verdict.0.is_ok(), body == BODY_TEXT, "{}", scheme.id);
                assert_same(&verdict);
                tried += 1;
            }
        }
    }
    assert!(tried > 120, "{tried}");
}

#[test]
fn a_key_whose_time_is_over_identifies_and_proves_nothing() {
    let code = |secrets: &[&str]| {
        let mut sent = send("github", secrets).expect("github signs");
        sent.config.keys[0].not_after_ms = Some(NOW_MS - 1);
        let verdict = both(sent, BODY_TEXT, |_| {}).expect("github's bodies may be elsewhere");
        assert_same(&verdict);
        verdict.1.err().map(|error| error.code())
    };
    assert_eq!(code(&[OTHER, SECRET]), None);
    assert_eq!(code(&[SECRET]), Some(ErrorCode::SignatureMismatch));
}

#[test]
fn a_wrong_mac_is_a_mismatch_and_another_number_of_them_no_input() {
    let code = |change: fn(&mut Vec<Vec<u8>>)| {
        let sent = send("github", &[OTHER, SECRET]).expect("github signs");
        let (_, outside) = both(sent, BODY_TEXT, change).expect("github's bodies may be elsewhere");
        outside.err().map(|error| error.code())
    };
    assert_eq!(code(|_| {}), None);
    assert_eq!(
        code(|macs| macs[1][31] ^= 1),
        Some(ErrorCode::SignatureMismatch)
    );
    for change in [
        (|macs: &mut Vec<Vec<u8>>| macs.clear()) as fn(&mut _),
        |macs| drop(macs.pop()),
        |macs| macs.push(vec![0; 32]),
        |macs| macs[1].truncate(31),
        |macs| macs[0].push(0),
        |macs| macs.iter_mut().for_each(Vec::clear),
    ] {
        assert_eq!(code(change), Some(ErrorCode::InvalidInput));
    }
}

#[test]
fn a_body_that_must_be_seen_is_not_left_to_others() {
    for scheme in ["adyen-item", "mailgun", "twilio"] {
        let keys = vec![key("1", "00112233445566778899aabbccddeeff00112233")];
        let config = WebhookConfig::new(scheme, keys);
        assert!(
            config.outside_keys().expect("a scheme").is_empty(),
            "{scheme}"
        );
    }
    assert!(WebhookConfig::new("none", vec![]).outside_keys().is_err());
}
