//! `countermark webhook schemes`

use crate::output::{Failure, print, say_json};
use countermark::facade::{Digest, SchemeInfo, list_schemes};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// List the schemes that are known
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Answer in JSON, with the signed bytes, sources and weaknesses
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let schemes = list_schemes();
    if args.json {
        let list: Vec<Value> = schemes.iter().map(to_json).collect();
        return say_json(&Value::Array(list));
    }
    let mut table = format!("{:<24} {:<9} {:>6}  COVERS\n", "ID", "PROOF", "AGE");
    for scheme in &schemes {
        let age = scheme.max_age_s.map_or("-".to_owned(), |age| match age {
            age if age.is_multiple_of(86_400) => format!("{} d", age / 86_400),
            age if age.is_multiple_of(60) => format!("{} m", age / 60),
            age => format!("{age} s"),
        });
        let digest = digest(scheme.digest);
        let _ = writeln!(
            table,
            "{:<24} {digest:<9} {age:>6}  {}",
            scheme.id,
            covers(scheme)
        );
    }
    print(table.as_bytes())
}

fn covers(scheme: &SchemeInfo) -> String {
    let names: Vec<_> = scheme.covers.iter().map(|part| part.name()).collect();
    match names.join(", ") {
        none if none.is_empty() => "nothing".to_owned(),
        names => names,
    }
}

fn digest(digest: Digest) -> &'static str {
    match digest {
        Digest::Hmac => "hmac",
        Digest::Hash => "hash",
        Digest::Token => "token",
        Digest::Ed25519 => "ed25519",
        Digest::EcdsaP256 => "ecdsa",
        Digest::RsaSha256 => "rsa",
    }
}

fn to_json(scheme: &SchemeInfo) -> Value {
    let covers: Vec<_> = scheme.covers.iter().map(|part| part.name()).collect();
    json!({
        "id": scheme.id,
        "title": scheme.title,
        "source": scheme.source,
        "weakness": scheme.weakness,
        "signature_headers": scheme.signature_headers,
        "signed": scheme.signed,
        "covers": covers,
        "proof": digest(scheme.digest),
        "key_encoding": scheme.key.name(),
        "max_age_s": scheme.max_age_s,
        "max_future_s": scheme.max_future_s,
    })
}
