//! `countermark verify-query` and `countermark sign-query`.

use crate::{
    output::{Failure, ask_for, describe, note, print, say, say_json},
    secrets::SecretArgs,
};
use clap::{
    ValueEnum,
    builder::{PossibleValue, PossibleValuesParser},
};
use countermark::{
    Class, Error,
    facade::{
        QueryConfig, QueryField, QueryKey, QueryProfile, QuerySigner, QuerySignerConfig,
        QueryVerifier, VerifiedQuery,
    },
    limits::QUERY_MAX,
    transport::system_now_ms,
};
use serde_json::{Map, Value, json};
use std::{
    io::{self, Read as _},
    process::ExitCode,
};

/// The profile whose `--mode` says which of the library's two it is.
const ONELOGIN: &str = "onelogin";

fn profiles() -> PossibleValuesParser {
    let named = |profile: QueryProfile, help| PossibleValue::new(profile.name()).help(help);
    PossibleValuesParser::new([
        named(
            QueryProfile::CountermarkV1,
            "HMAC-SHA256 over fields with their lengths",
        ),
        PossibleValue::new(ONELOGIN).help(
            "OneLogin's withdrawn links, which rest on plain SHA-1; as strict as --mode says",
        ),
        named(
            QueryProfile::LegacyOneLoginStrict,
            "The same as onelogin with --mode strict",
        ),
        named(
            QueryProfile::LegacyOneLogin,
            "The same as onelogin with --mode legacy",
        ),
    ])
}

/// How strictly a `onelogin` query is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Mode {
    /// Every rule that the format allows
    Strict,
    /// As tolerant of clocks as the vendor's sample
    Legacy,
}

/// What both commands need.
#[derive(Debug, clap::Args)]
struct Scheme {
    /// How the query is signed
    #[arg(long, default_value = "countermark-v1", value_parser = profiles())]
    profile: String,
    /// How strictly a onelogin query is read; strict, unless given
    #[arg(long)]
    mode: Option<Mode>,
    #[command(flatten)]
    secret: SecretArgs,
    /// Name of the key; countermark-v1 signs it
    #[arg(long, value_name = "ID", default_value = "default")]
    key_id: String,
    /// Tenant that holds the secret; countermark-v1 signs it
    #[arg(long, value_name = "NAME")]
    tenant: Option<String>,
    /// Who accepts the query; countermark-v1 needs it
    #[arg(long, value_name = "NAME", required_if_eq("profile", "countermark-v1"))]
    audience: Option<String>,
    /// Time to use instead of the clock, in Unix milliseconds
    #[arg(long, value_name = "MS", allow_negative_numbers = true)]
    now_ms: Option<i64>,
    /// Accept the demo secret of OneLogin's sample code, for tests
    #[arg(long)]
    allow_demo_secret: bool,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

impl Scheme {
    fn profile(&self) -> Result<QueryProfile, Failure> {
        match (self.profile.as_str(), self.mode) {
            (ONELOGIN, Some(Mode::Legacy)) => Ok(QueryProfile::LegacyOneLogin),
            (ONELOGIN, _) => Ok(QueryProfile::LegacyOneLoginStrict),
            (name, Some(_)) => Err(Failure::Usage(format!("{name} has no --mode"))),
            (name, None) => QueryProfile::from_name(name)
                .ok_or_else(|| Failure::Usage("there is no such profile".to_owned())),
        }
    }

    fn key(&self) -> Result<QueryKey, Failure> {
        Ok(QueryKey {
            tenant: self.tenant.clone(),
            ..QueryKey::new(&self.key_id, self.secret.read()?)
        })
    }

    fn now_ms(&self) -> i64 {
        self.now_ms.unwrap_or_else(system_now_ms)
    }
}

/// Tell whether a signed query is genuine, fresh and for this audience
///
/// Nothing is remembered, so whether it was used before cannot be told. Exit codes: 0 verified, 1 refused, 2 wrong usage.
#[derive(Debug, clap::Args)]
pub(crate) struct VerifyArgs {
    /// The query as it arrived, or the whole URL; without, or as -, from standard input
    #[arg(value_name = "QUERY")]
    query: Option<String>,
    #[command(flatten)]
    scheme: Scheme,
    /// Email domain that the holder of the secret may sign for (onelogin); without any, all
    #[arg(long = "email-domain", value_name = "DOMAIN")]
    email_domains: Vec<String>,
    /// Oldest accepted query
    #[arg(long, value_name = "SECONDS")]
    max_age_s: Option<i64>,
    /// How far the signed time may lie ahead
    #[arg(long, value_name = "SECONDS")]
    max_future_s: Option<i64>,
    /// Accept empty names (onelogin in legacy mode)
    #[arg(long)]
    allow_empty_names: bool,
    /// Names of the account that the claimed email belongs to (onelogin); they must be the signed ones
    #[arg(long, value_names = ["FIRST", "LAST"], num_args = 2)]
    account: Vec<String>,
    /// Email that is an account (onelogin); the claimed one must be, and no other reading of the link
    #[arg(long = "known-email", value_name = "EMAIL")]
    known_emails: Vec<String>,
}

/// Sign a query, and print it without a question mark
///
/// Exit codes: 0 signed, 2 wrong usage.
#[derive(Debug, clap::Args)]
pub(crate) struct SignArgs {
    /// A field to sign; a onelogin query has firstname, lastname and email
    #[arg(value_name = "NAME=VALUE", required = true, value_parser = field)]
    fields: Vec<QueryField>,
    #[command(flatten)]
    scheme: Scheme,
    /// Life of the query (countermark-v1)
    #[arg(long, value_name = "SECONDS")]
    lifetime_s: Option<i64>,
}

fn field(text: &str) -> Result<QueryField, String> {
    let (name, value) = text.split_once('=').ok_or("a field is NAME=VALUE")?;
    Ok(QueryField {
        name: name.to_owned(),
        value: value.to_owned(),
    })
}

/// Runs `verify-query`.
pub(crate) fn verify(args: &VerifyArgs) -> Result<ExitCode, Failure> {
    let scheme = &args.scheme;
    let mut key = scheme.key()?;
    key.email_domains.clone_from(&args.email_domains);
    let verifier = QueryVerifier::new(QueryConfig {
        audience: scheme.audience.clone(),
        max_age_s: args.max_age_s,
        max_future_s: args.max_future_s,
        allow_empty_names: args.allow_empty_names,
        allow_demo_secret: scheme.allow_demo_secret,
        ..QueryConfig::new(scheme.profile()?, vec![key])
    })?;
    let given = args.query()?;
    let verified = verifier
        .verify(raw_query(&given), scheme.now_ms())
        .and_then(|verified| Ok((args.email(&verified)?, verified)));
    match verified {
        Ok((email, verified)) => {
            if scheme.json {
                say_json(&verified_json(&verified, email.as_deref()))?;
            } else {
                print(verified_text(&verified, email.as_deref()).as_bytes())?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(error) if error.code().info().class == Class::Caller => Err(error.into()),
        Err(error) => {
            if scheme.json {
                say_json(&refused_json(&error))?;
            } else {
                note(format_args!("refused: {}", describe(&error)));
            }
            Ok(ExitCode::FAILURE)
        }
    }
}

impl VerifyArgs {
    /// The email that the directory proves, if anything of it was given.
    fn email(&self, verified: &VerifiedQuery) -> countermark::Result<Option<String>> {
        let mut email = None;
        if let [first, last] = self.account.as_slice() {
            email = Some(verified.check_profile(first, last)?);
        }
        if !self.known_emails.is_empty() {
            let known: Vec<_> = self.known_emails.iter().map(String::as_str).collect();
            email = Some(verified.check_known_emails(&known)?);
        }
        Ok(email.map(str::to_owned))
    }

    fn query(&self) -> Result<Vec<u8>, Failure> {
        match self.query.as_deref() {
            Some(query) if query != "-" => Ok(query.as_bytes().to_vec()),
            _ if self.scheme.secret.uses_stdin() => Err(Failure::Usage(
                "standard input cannot hold both the secret and the query".to_owned(),
            )),
            _ => {
                ask_for("query");
                let mut query = Vec::new();
                // One byte more than the longest query, and its line break, is enough to be refused.
                io::stdin()
                    .lock()
                    .take(QUERY_MAX as u64 * 2)
                    .read_to_end(&mut query)
                    .map_err(|error| Failure::Usage(format!("cannot read the query: {error}")))?;
                let line = query.strip_suffix(b"\n").unwrap_or(&query);
                Ok(line.strip_suffix(b"\r").unwrap_or(line).to_vec())
            }
        }
    }
}

/// What follows the question mark of a URL or of a path, up to its fragment; anything else as it is.
fn raw_query(given: &[u8]) -> &[u8] {
    let begins = |start: &[u8]| {
        let head = given.get(..start.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(start))
    };
    if !begins(b"https://") && !begins(b"http://") && !begins(b"/") {
        return given.strip_prefix(b"?").unwrap_or(given);
    }
    let url = given.split(|byte| *byte == b'#').next().unwrap_or_default();
    url.iter()
        .position(|byte| *byte == b'?')
        .and_then(|mark| url.get(mark + 1..))
        .unwrap_or_default()
}

fn verified_json(verified: &VerifiedQuery, email: Option<&str>) -> Value {
    let fields: Map<_, _> = verified
        .fields()
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect();
    let mut answer = json!({
        "verified": true,
        "fields": fields,
        "key_id": verified.key_id(),
        "algorithm": verified.algorithm(),
        "signed_at_ms": verified.signed_at_ms(),
        "replay_key": verified.replay_key(),
        "replay_until_ms": verified.replay_until_ms(),
        "ambiguous_emails": verified.ambiguous_emails(),
    });
    for (name, value) in [
        ("tenant", verified.tenant()),
        ("claimed_email", verified.claimed_email()),
        ("email", email),
    ] {
        if let Some(value) = value {
            answer[name] = value.into();
        }
    }
    answer
}

fn refused_json(error: &Error) -> Value {
    let info = error.code().info();
    json!({
        "verified": false,
        "error": info.name,
        "number": info.number,
        "message": error.to_string(),
        "hint": info.hint,
    })
}

fn verified_text(verified: &VerifiedQuery, email: Option<&str>) -> String {
    let mut text = format!(
        "verified: key {}, {}, signed at {} ms\n",
        verified.key_id().escape_debug(),
        verified.algorithm(),
        verified.signed_at_ms()
    );
    for (name, value) in verified.fields() {
        // A signed value may still hold what a terminal obeys.
        text += &format!("{}: {}\n", name.escape_debug(), value.escape_debug());
    }
    if let Some(email) = email {
        return text + &format!("email, proven: {}\n", email.escape_debug());
    }
    if let Some(claimed) = verified.claimed_email() {
        text += &format!(
            "claimed email: {}, unproven without --account or --known-email\n",
            claimed.escape_debug()
        );
    }
    for email in verified.ambiguous_emails() {
        text += &format!(
            "warning: other splits of the same signed text give {}\n",
            email.escape_debug()
        );
    }
    text
}

/// Runs `sign-query`.
pub(crate) fn sign(args: &SignArgs) -> Result<(), Failure> {
    let scheme = &args.scheme;
    let signer = QuerySigner::new(QuerySignerConfig {
        profile: scheme.profile()?,
        key: scheme.key()?,
        audience: scheme.audience.clone(),
        lifetime_s: args.lifetime_s,
        allow_demo_secret: scheme.allow_demo_secret,
    })?;
    let mut nonce = [0; 16];
    getrandom::fill(&mut nonce)
        .map_err(|error| Failure::Refused(format!("no random bytes: {error}")))?;
    // What cannot be signed is a mistake of the caller, whatever a verifier would call it.
    let query = signer
        .sign(&args.fields, scheme.now_ms(), &nonce)
        .map_err(|error| Failure::Usage(describe(&error)))?;
    if scheme.json {
        say_json(&json!({ "query": query }))?;
    } else {
        say(format_args!("{query}"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::raw_query;

    #[test]
    fn the_query_is_cut_out_of_a_url_and_nothing_else() {
        for (given, query) in [
            ("a=b&c=d", "a=b&c=d"),
            ("?a=b", "a=b"),
            ("https://example.com/path?a=b#top", "a=b"),
            ("https://example.com/?a=b?c=d", "a=b?c=d"),
            ("HTTPS://Example.com/path?a=b#top", "a=b"),
            ("Http://example.com?a=b", "a=b"),
            ("/login?a=b/c?d#top", "a=b/c?d"),
            ("/login", ""),
            ("a=/login?b=c", "a=/login?b=c"),
            ("https://example.com/", ""),
            ("https://example.com/#?a=b", ""),
            ("a=https://example.com/?b=c", "a=https://example.com/?b=c"),
        ] {
            assert_eq!(raw_query(given.as_bytes()), query.as_bytes(), "{given}");
        }
    }
}
