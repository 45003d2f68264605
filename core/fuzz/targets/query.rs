//! Signed queries: whatever is read as fields and can be signed is accepted with these fields, and changed by one byte it is not.

#![no_main]

use countermark::{
    ErrorCode, Secret,
    facade::{
        QueryConfig, QueryField, QueryKey, QueryProfile, QuerySigner, QuerySignerConfig,
        QueryVerifier,
    },
};

const NOW_MS: i64 = 1_700_000_000_000;
const SECRET: &str = "a secret of more than sixteen bytes";

fn verifier(profile: QueryProfile) -> QueryVerifier {
    let mut config = QueryConfig::new(profile, vec![QueryKey::new("k1", Secret::from(SECRET))]);
    config.audience = (profile == QueryProfile::CountermarkV1).then(|| "app.example".into());
    QueryVerifier::new(config).unwrap()
}

libfuzzer_sys::fuzz_target!(|input: (u8, u16, &[u8], Vec<(&str, &str)>)| {
    let (choice, at, query, fields) = input;
    let profile = [
        QueryProfile::CountermarkV1,
        QueryProfile::LegacyOneLogin,
        QueryProfile::LegacyOneLoginStrict,
    ][usize::from(choice % 3)];
    let verifier = verifier(profile);
    // Nobody who lacks the secret makes a query that is accepted.
    assert!(verifier.verify(query, NOW_MS).is_err());

    let signer = QuerySigner::new(QuerySignerConfig {
        profile,
        key: QueryKey::new("k1", Secret::from(SECRET)),
        audience: (profile == QueryProfile::CountermarkV1).then(|| "app.example".into()),
        lifetime_s: None,
        allow_demo_secret: false,
    })
    .unwrap();
    // OneLogin has these three, whatever the input calls them.
    let names = ["firstname", "lastname", "email"];
    let fields: Vec<_> = fields
        .into_iter()
        .enumerate()
        .map(|(at, (name, value))| match profile {
            QueryProfile::CountermarkV1 => (name, value),
            _ => (names.get(at).copied().unwrap_or(name), value),
        })
        .map(|(name, value)| QueryField {
            name: name.into(),
            value: value.into(),
        })
        .collect();
    let signed = match signer.sign(&fields, NOW_MS, &[7; 16]) {
        Ok(signed) => signed,
        Err(error) => {
            assert_ne!(error.detail(), "entropy must have 16 bytes");
            return;
        }
    };
    let verified = match verifier.verify(signed.as_bytes(), NOW_MS) {
        Ok(verified) => verified,
        Err(error) => panic!("{error:?}: {signed}"),
    };
    for QueryField { name, value } in &fields {
        // Under the strict profile the email is a claim.
        let claimed = verified.claimed_email().filter(|_| name == "email");
        assert_eq!(
            verified.get(name).or(claimed),
            Some(value.as_str()),
            "{signed}"
        );
    }
    let mut changed = signed.clone().into_bytes();
    let at = usize::from(at) % changed.len();
    changed[at] ^= 1;
    // Another spelling of the same fields is the same fields; nothing else is accepted.
    match verifier.verify(&changed, NOW_MS) {
        Ok(other) => assert_eq!(other.pairs(), verified.pairs(), "{signed}"),
        Err(error) => assert_ne!(error.code(), ErrorCode::Internal),
    }
});
