//! Properties of signed queries, whatever the input.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use countermark::{
    ErrorCode, Secret,
    facade::{
        QueryConfig, QueryField, QueryKey, QueryProfile, QuerySigner, QuerySignerConfig,
        QueryVerifier, VerifiedQuery,
    },
};
use proptest::prelude::*;
use std::collections::BTreeMap;

const NOW: i64 = 1_700_000_000_000;
const SECRET: &str = "a secret of at least 20 characters";

fn key() -> QueryKey {
    QueryKey::new("k", Secret::from(SECRET))
}

fn verifier(profile: QueryProfile) -> QueryVerifier {
    let mut config = QueryConfig::new(profile, vec![key()]);
    config.audience = Some("shop".into());
    QueryVerifier::new(config).unwrap()
}

fn sign(profile: QueryProfile, fields: &[QueryField], nonce: [u8; 16]) -> String {
    let signer = QuerySigner::new(QuerySignerConfig {
        profile,
        key: key(),
        audience: Some("shop".into()),
        lifetime_s: None,
        allow_demo_secret: false,
    });
    signer.unwrap().sign(fields, NOW, &nonce).unwrap()
}

fn field((name, value): (String, String)) -> QueryField {
    QueryField { name, value }
}

fn sorted(verified: &VerifiedQuery) -> BTreeMap<String, String> {
    verified
        .pairs()
        .into_iter()
        .map(|field| (field.name, field.value))
        .collect()
}

/// Fields of `countermark-v1`: any text without control characters.
fn v1_fields() -> impl Strategy<Value = BTreeMap<String, String>> {
    prop::collection::btree_map("[A-Za-z0-9_.-]{1,12}", "\\PC{0,20}", 0..6).prop_filter(
        "without control characters",
        |fields| {
            !fields
                .values()
                .any(|value| value.chars().any(char::is_control))
        },
    )
}

fn person() -> impl Strategy<Value = [String; 3]> {
    (
        "[A-Za-zäöüß ]{1,20}",
        "[A-Za-z' -]{1,20}",
        "[a-z0-9+_]{1,12}(\\.[a-z]{1,5})?@[a-z]{1,10}\\.example",
    )
        .prop_map(|(first, last, email)| [first, last, email])
}

fn onelogin_fields(person: &[String; 3]) -> Vec<QueryField> {
    ["firstname", "lastname", "email"]
        .map(String::from)
        .into_iter()
        .zip(person.clone())
        .map(field)
        .collect()
}

proptest! {
    #[test]
    fn v1_signed_is_verified(fields in v1_fields(), nonce: [u8; 16]) {
        let list: Vec<_> = fields.clone().into_iter().map(field).collect();
        let query = sign(QueryProfile::CountermarkV1, &list, nonce);
        let verified = verifier(QueryProfile::CountermarkV1).verify(query.as_bytes(), NOW).unwrap();
        prop_assert_eq!(sorted(&verified), fields);
    }

    #[test]
    fn onelogin_signed_is_verified(person in person()) {
        let query = sign(QueryProfile::LegacyOneLoginStrict, &onelogin_fields(&person), [0; 16]);
        let verified = verifier(QueryProfile::LegacyOneLoginStrict).verify(query.as_bytes(), NOW).unwrap();
        prop_assert_eq!(verified.get("email"), None);
        prop_assert_eq!(verified.check_profile(&person[0], &person[1]), Ok(&*person[2]));
        prop_assert_eq!(verified.check_known_emails(&[&person[2]]), Ok(&*person[2]));
    }

    /// The tolerant profile gives the email itself.
    #[test]
    fn legacy_onelogin_signed_is_verified(person in person()) {
        let fields = onelogin_fields(&person);
        let query = sign(QueryProfile::LegacyOneLogin, &fields, [0; 16]);
        let verified = verifier(QueryProfile::LegacyOneLogin).verify(query.as_bytes(), NOW).unwrap();
        prop_assert_eq!(verified.pairs(), fields);
    }

    /// The order of the parameters, and others between them, change nothing.
    #[test]
    fn any_order_of_onelogin_parameters_is_the_same(
        person in person(), order in Just([0, 1, 2, 3, 4, 5]).prop_shuffle(), other in "x[a-z]{1,6}=[a-z%+]{0,4}",
    ) {
        let query = sign(QueryProfile::LegacyOneLogin, &onelogin_fields(&person), [0; 16]);
        let verifier = verifier(QueryProfile::LegacyOneLogin);
        let usual = verifier.verify(query.as_bytes(), NOW).unwrap();
        let parameters: Vec<&str> = query.split('&').chain([other.as_str()]).collect();
        prop_assert_eq!(parameters.len(), 6);
        let shuffled = order.map(|at| parameters[at]).join("&");
        prop_assert!(verifier.verify(shuffled.as_bytes(), NOW) == Ok(usual));
    }

    /// A query whose bits were changed never says anything else: it is refused, or (the case of an escape or of the signature)
    /// it is another spelling of the very same content.
    #[test]
    fn a_flipped_bit_changes_nothing_that_is_believed(
        person in person(), strict: bool, at: prop::sample::Index, bit in 0..8_u8,
    ) {
        let (profile, fields) = if strict {
            (QueryProfile::LegacyOneLoginStrict, onelogin_fields(&person))
        } else {
            (QueryProfile::CountermarkV1, vec![field(("who".into(), person.concat()))])
        };
        let mut query = sign(profile, &fields, [7; 16]).into_bytes();
        let verifier = verifier(profile);
        let before = verifier.verify(&query, NOW).unwrap();
        let at = at.index(query.len());
        query[at] ^= 1 << bit;
        if let Ok(after) = verifier.verify(&query, NOW) {
            prop_assert!(after == before && after.replay_key() == before.replay_key());
        }
    }

    /// Every single bit of a signature counts.
    #[test]
    fn a_flipped_bit_of_the_signature_is_refused(person in person(), bit in 0..160_usize) {
        let query = sign(QueryProfile::LegacyOneLogin, &onelogin_fields(&person), [0; 16]);
        let (head, signature) = query.split_at(query.len() - 40);
        let mut bytes: Vec<u8> =
            (0..20).map(|at| u8::from_str_radix(&signature[2 * at..2 * at + 2], 16).unwrap()).collect();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let query: String = head.chars().chain(bytes.iter().flat_map(|byte| format!("{byte:02x}").chars().collect::<Vec<_>>())).collect();
        let error = verifier(QueryProfile::LegacyOneLogin).verify(query.as_bytes(), NOW).unwrap_err();
        prop_assert_eq!(error.code(), ErrorCode::SignatureMismatch);
    }

    /// No two sets of fields have one signature: the canonical text is injective.
    #[test]
    fn other_fields_have_another_signature(one in v1_fields(), other in v1_fields()) {
        prop_assume!(one != other);
        let signature = |fields: BTreeMap<String, String>| {
            let list: Vec<_> = fields.into_iter().map(field).collect();
            let query = sign(QueryProfile::CountermarkV1, &list, [0; 16]);
            query.rsplit('=').next().map(String::from)
        };
        prop_assert_ne!(signature(one), signature(other));
    }

    #[test]
    fn any_bytes_give_an_answer(query in prop::collection::vec(any::<u8>(), 0..400), now: i64) {
        for profile in [QueryProfile::CountermarkV1, QueryProfile::LegacyOneLogin, QueryProfile::LegacyOneLoginStrict] {
            prop_assert!(verifier(profile).verify(&query, now).is_err());
        }
    }

    #[test]
    fn any_near_miss_gives_an_answer(
        parts in prop::collection::vec((
            prop::sample::select(vec!["firstname", "lastname", "email", "timestamp", "signature", "cm_key", "cm_aud",
                "cm_nonce", "cm_iat", "cm_exp", "cm_sig", "cm.x", "cm_", "%65mail"]),
            prop::sample::select(vec!["", "a", "a%40b", "%", "%f", "%FF", "1700000000", "9999999999",
                "0000000000000000000000000000000000000000", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]),
        ), 0..14),
        now: i64,
    ) {
        let query: Vec<String> = parts.iter().map(|(name, value)| format!("{name}={value}")).collect();
        for profile in [QueryProfile::CountermarkV1, QueryProfile::LegacyOneLogin, QueryProfile::LegacyOneLoginStrict] {
            prop_assert!(verifier(profile).verify(query.join("&").as_bytes(), now).is_err());
        }
    }
}
