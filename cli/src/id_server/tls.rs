//! A certificate authority of the emulator's own, and a certificate for the names it is reached by.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::{PrivatePkcs8KeyDer, ServerName};
use tokio_rustls::TlsAcceptor;

use super::config::{TlsConfig, TlsFault};

/// What the listener needs, and what clients have to trust.
pub(crate) struct Tls {
    pub(crate) acceptor: TlsAcceptor,
    pub(crate) ca_pem: String,
}

/// Makes an authority and a certificate. The private keys stay in memory.
pub(crate) fn create(config: &TlsConfig) -> Result<Tls, String> {
    for name in &config.names {
        ServerName::try_from(name.as_str())
            .map_err(|_| format!("{name:?} is no host name and no address"))?;
    }
    let failed = |error: rcgen::Error| format!("cannot make the certificates: {error}");
    let (trusted_pem, trusted) = authority().map_err(failed)?;
    let issuer = if config.fault == Some(TlsFault::UnknownCa) {
        authority().map_err(failed)?.1
    } else {
        trusted
    };
    let names = match config.fault {
        Some(TlsFault::WrongName) => vec!["wrong-name.invalid".to_owned()],
        _ => config.names.clone(),
    };
    let mut params = CertificateParams::new(names).map_err(failed)?;
    params
        .distinguished_name
        .push(DnType::CommonName, "Countermark emulator");
    params.use_authority_key_identifier_extension = true;
    params.key_usages.push(KeyUsagePurpose::DigitalSignature);
    params
        .extended_key_usages
        .push(ExtendedKeyUsagePurpose::ServerAuth);
    if config.fault == Some(TlsFault::Expired) {
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 1, 1);
    }
    let key = KeyPair::generate().map_err(failed)?;
    let certificate = params.signed_by(&key, &issuer).map_err(failed)?;
    let private_key = PrivatePkcs8KeyDer::from(key.serialize_der());
    let mut server =
        ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| {
                builder
                    .with_no_client_auth()
                    .with_single_cert(vec![certificate.der().clone()], private_key.into())
            })
            .map_err(|error| format!("cannot set up TLS: {error}"))?;
    server.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Tls {
        acceptor: TlsAcceptor::from(Arc::new(server)),
        ca_pem: trusted_pem,
    })
}

/// The authority's certificate, and what signs with it.
fn authority() -> Result<(String, Issuer<'static, KeyPair>), rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name.push(
        DnType::CommonName,
        "Countermark emulator CA, for tests only",
    );
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    Ok((certificate.pem(), Issuer::new(params, key)))
}
