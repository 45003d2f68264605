//! Replies, callbacks and addresses of SecureSign.

#![no_main]

use arbitrary::Arbitrary;
use countermark::{
    Secret,
    facade::{
        SecureSignClient, SecureSignConfig, SecureSignEnvironment, SecureSignHash,
        SecureSignPending, SecureSignPlatform, SecureSignRequest, read_securesign_callback,
        securesign_origin,
    },
};

const NOW_MS: i64 = 1_782_125_999_000;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    status: u16,
    reply: &'a [u8],
    query: &'a str,
    address: &'a str,
    certificate: &'a [u8],
}

libfuzzer_sys::fuzz_target!(|input: Input<'_>| {
    let live = SecureSignEnvironment::Live;
    if let Ok(origin) = securesign_origin(input.address, live) {
        assert_eq!(
            securesign_origin(&origin, live).as_deref(),
            Ok(origin.as_str()),
            "the exact form of an exact form"
        );
    }
    let config = SecureSignConfig {
        base_url: None,
        environment: live,
        tenant_id: "org_9f2a".into(),
        callback_hosts: vec!["portal.example".into()],
        clock_skew_s: None,
    };
    let client = SecureSignClient::new(config, Secret::from("ss_live_abc123xyz")).unwrap();
    let status = u32::from(input.status);
    if let Ok(mut call) = client.validate("https://portal.example", SecureSignPlatform::Web) {
        drop(call.on_response(status, input.reply, NOW_MS));
        if let Ok(validation) = call.validation() {
            assert_eq!(validation.tenant_id, "org_9f2a");
        }
    }
    let request = |callback_url: &str| SecureSignRequest {
        request_id: "a1b2c3d4".into(),
        hash: vec![7; 32],
        algorithm: SecureSignHash::Sha256,
        callback_url: callback_url.into(),
    };
    drop(client.session(&request(input.address)));
    let mut call = client
        .session(&request("https://portal.example/done"))
        .unwrap();
    drop(call.on_response(status, input.reply, NOW_MS));
    if let Ok(session) = call.session() {
        assert!(session.expires_at_ms > NOW_MS && !session.deep_link.contains("ss_live_abc123xyz"));
    }
    if let Ok(hint) = read_securesign_callback(input.query) {
        let pending = SecureSignPending {
            request_id: hint.request_id.clone(),
            hash: vec![7; 32],
            algorithm: SecureSignHash::Sha256,
            expires_at_ms: NOW_MS + 1000,
        };
        assert!(
            client
                .complete(&hint, &pending, input.certificate, NOW_MS)
                .is_err(),
            "signed by nobody"
        );
    }
});
