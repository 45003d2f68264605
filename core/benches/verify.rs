//! Verifying a signed query, beside its raw hash cost and a naive verifier; sealing a session token.
//!
//! `cargo bench -p countermark --bench verify`; with `-- ratios` only what is printed first, see `support`. Only ratios within
//! one run carry over to other machines.

#![allow(clippy::unwrap_used, reason = "a bench fails by panicking")]

mod support;

use countermark::{
    Secret,
    facade::{
        Login, LoginConfig, LoginService, QueryConfig, QueryField, QueryKey, QueryProfile,
        QuerySigner, QuerySignerConfig, QueryVerifier, ReplayMemory, SealKey, Sealer,
    },
};
use criterion::Criterion;
use sha1::{Digest, Sha1, block_api::compress};
use sha2::block_api::compress256;
use std::{collections::HashMap, hint::black_box};
use support::Rows;

const NOW: i64 = 1_700_000_000_000;
const TOKEN: &str = "a secret of 24 bytes xyz";

fn query() -> String {
    let digest = Sha1::digest(format!("JaneDoejane.doe@example.com1700000000{TOKEN}"));
    let signature: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!(
        "firstname=Jane&lastname=Doe&email=jane.doe%40example.com&timestamp=1700000000&signature={signature}"
    )
}

/// What is written without much thought: a map of decoded texts, one joined text, hex compared as text.
fn naive(query: &str, now_s: i64) -> Option<HashMap<String, String>> {
    let decode = |text: &str| {
        let (mut out, mut bytes) = (Vec::new(), text.bytes());
        while let Some(byte) = bytes.next() {
            out.push(match byte {
                b'+' => b' ',
                b'%' => u8::from_str_radix(
                    &format!("{}{}", char::from(bytes.next()?), char::from(bytes.next()?)),
                    16,
                )
                .ok()?,
                other => other,
            });
        }
        String::from_utf8(out).ok()
    };
    let mut map = HashMap::new();
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=')?;
        map.insert(decode(name)?, decode(value)?);
    }
    if (now_s - map.get("timestamp")?.parse::<i64>().ok()?).abs() > 240 {
        return None;
    }
    let text = format!(
        "{}{}{}{}{TOKEN}",
        map["firstname"], map["lastname"], map["email"], map["timestamp"]
    );
    let hex: String = Sha1::digest(text.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    (&hex == map.get("signature")?).then_some(map)
}

fn onelogin(criterion: &mut Criterion) {
    let query = query();
    let key = || QueryKey::new("k", Secret::from(TOKEN));
    let verifier = QueryVerifier::new(QueryConfig::new(
        QueryProfile::LegacyOneLoginStrict,
        vec![key()],
    ))
    .unwrap();
    let forged = query.replace("Jane", "June");

    let blocks = [[0x5A_u8; 64]; 2];
    let mut rows = Rows::new("onelogin");
    rows.add("limit: two raw SHA-1 blocks", || {
        let mut state = [1_u32, 2, 3, 4, 5];
        compress(&mut state, black_box(&blocks));
        state
    });
    rows.add("countermark, signature refused", || {
        verifier.verify(black_box(forged.as_bytes()), NOW).is_err()
    });
    rows.add("countermark", || {
        verifier.verify(black_box(query.as_bytes()), NOW)
    });
    rows.add("naive", || naive(black_box(&query), NOW / 1000));
    println!("onelogin query: {} bytes", query.len());
    rows.run(criterion.benchmark_group("onelogin"));
}

fn v1(criterion: &mut Criterion) {
    let key = || QueryKey::new("k", Secret::from(TOKEN));
    let audience = || Some(String::from("shop"));
    let signer = QuerySigner::new(QuerySignerConfig {
        profile: QueryProfile::CountermarkV1,
        key: key(),
        audience: audience(),
        lifetime_s: None,
        allow_demo_secret: false,
    });
    let field = |(name, value): (&str, &str)| QueryField {
        name: name.into(),
        value: value.into(),
    };
    let person = [
        ("firstname", "Jane"),
        ("lastname", "Doe"),
        ("email", "jane.doe@example.com"),
    ];
    let query = signer.unwrap().sign(&person.map(field), NOW, &[7; 16]);
    let query = query.unwrap();
    let mut config = QueryConfig::new(QueryProfile::CountermarkV1, vec![key()]);
    config.audience = audience();
    let verifier = QueryVerifier::new(config).unwrap();

    // 164 bytes of text and the padding, behind a prepared key, and the outer hash.
    let blocks = [[0x5A_u8; 64]; 4];
    let mut rows = Rows::new("countermark-v1");
    rows.add("limit: four raw SHA-256 blocks", || {
        let mut state = [1_u32, 2, 3, 4, 5, 6, 7, 8];
        compress256(&mut state, black_box(&blocks));
        state
    });
    rows.add("countermark", || {
        verifier.verify(black_box(query.as_bytes()), NOW)
    });
    println!("countermark-v1 query: {} bytes", query.len());
    rows.run(criterion.benchmark_group("countermark-v1"));
}

fn replay(criterion: &mut Criterion) {
    let memory = ReplayMemory::new(None).unwrap();
    let mut at = NOW;
    criterion.bench_function("replay: reserve one of 1,000 held keys", |bencher| {
        bencher.iter(|| {
            at += 1;
            memory.reserve(&at.to_string(), at + 1_000, at)
        });
    });
}

fn seal(criterion: &mut Criterion) {
    let (name, address) = ("Shop", "https://shop.example");
    let config = LoginConfig {
        service_name: name.into(),
        service_address: address.into(),
        ..LoginConfig::default()
    };
    let mut login = Login::begin(&LoginService::new(config).unwrap(), "alice", NOW).unwrap();
    login.on_store(None, NOW).unwrap();
    let reply = format!(
        "authsessionid=-42&requestid={}&secsignid=alice&authsessionstate=1",
        "ab".repeat(32)
    );
    login.on_response(200, reply.as_bytes(), NOW).unwrap();
    let session = login.challenge().unwrap().session;
    let key = SealKey {
        id: "k".into(),
        secret: Secret::new(vec![7; 32]),
        not_before_ms: None,
        not_after_ms: None,
    };
    let sealer = Sealer::new(vec![key], name, address).unwrap();
    let token = sealer.seal(&session, b"visitor", NOW, &[9; 24]).unwrap();
    criterion.bench_function("seal a session", |bencher| {
        bencher.iter(|| sealer.seal(black_box(&session), b"visitor", NOW, &[9; 24]));
    });
    criterion.bench_function("open a session", |bencher| {
        bencher.iter(|| sealer.open(black_box(&token), b"visitor", NOW));
    });
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    onelogin(&mut criterion);
    v1(&mut criterion);
    replay(&mut criterion);
    seal(&mut criterion);
    criterion.final_summary();
}
