//! Verifies a signed link, once: `cargo run -p countermark --example verify_query`.
//!
//! The secret comes from configuration and the query from the web server, raw: everything after the `?` of the address.

use countermark::{
    Secret,
    facade::{
        QueryConfig, QueryField, QueryKey, QueryProfile, QuerySigner, QuerySignerConfig,
        QueryVerifier, ReplayMemory,
    },
};
use std::time::{SystemTime, UNIX_EPOCH};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let now_ms = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?;
    let secret = "in production: 32 random bytes, from configuration";

    // The site that makes the link. The nonce must be 16 fresh random bytes; a fixed one keeps this example short.
    let signer = QuerySigner::new(QuerySignerConfig {
        profile: QueryProfile::CountermarkV1,
        key: QueryKey::new("2026-11", Secret::from(secret)),
        audience: Some("https://shop.example".into()),
        lifetime_s: None,
        allow_demo_secret: false,
    })?;
    let email = QueryField {
        name: "email".into(),
        value: "jane.doe@example.com".into(),
    };
    let query = signer.sign(&[email], now_ms, b"a nonce of 16 b.")?;
    println!("https://shop.example/login?{query}\n");

    // The site that the link leads to.
    let mut config = QueryConfig::new(
        QueryProfile::CountermarkV1,
        vec![QueryKey::new("2026-11", Secret::from(secret))],
    );
    config.audience = Some("https://shop.example".into());
    let verifier = QueryVerifier::new(config)?;
    let used = ReplayMemory::new(None)?;

    for attempt in ["first", "second"] {
        let verdict = verifier
            .verify(query.as_bytes(), now_ms)
            .and_then(|verified| {
                used.reserve(&verified.replay_key(), verified.replay_until_ms(), now_ms)?;
                Ok(verified)
            });
        match verdict {
            Ok(verified) => {
                // Log the user in here, then keep the key; if that fails, release it, so that the link works again.
                used.commit(&verified.replay_key())?;
                println!(
                    "{attempt} use: welcome, {}",
                    verified.get("email").unwrap_or_default()
                );
            }
            Err(error) => println!(
                "{attempt} use: {} ({})",
                error.public_message(),
                error.code().name()
            ),
        }
    }
    Ok(())
}
