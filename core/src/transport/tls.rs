//! The TLS configuration: rustls with ring, the trust store of the platform, and roots for on-premise servers.

use crate::{Error, ErrorCode, Result};
use alloc::{sync::Arc, vec, vec::Vec};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, pem::PemObject as _},
};
use rustls_platform_verifier::Verifier;

/// Trust is the platform's store, which its owner maintains and which knows a company's own authorities, plus the
/// given PEM roots. The provider is passed along and never installed for the process: that choice is the program's.
pub(super) fn client_config(extra_roots_pem: &[u8]) -> Result<ClientConfig> {
    let roots = extra_roots(extra_roots_pem)?;
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|_| Error::new(ErrorCode::Internal))?;
    let mut config = match verifier(roots, provider) {
        Ok(verifier) => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier)),
        // A system without one root certificate, such as a minimal container, still reaches a loopback server over
        // plain HTTP. Every TLS connection fails, since nobody is trusted.
        Err(rustls::Error::General(_)) if extra_roots_pem.is_empty() => {
            builder.with_root_certificates(RootCertStore::empty())
        }
        Err(_) => {
            return Err(Error::with_detail(
                ErrorCode::InvalidConfig,
                "root certificates",
            ));
        }
    }
    .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn extra_roots(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>> {
    let invalid = || Error::with_detail(ErrorCode::InvalidConfig, "root certificates: not PEM");
    let roots: Vec<_> = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(|_| invalid())?;
    // A file without a certificate, such as one that holds only a key, is a mistake and not a wish for none.
    if roots.is_empty() && !pem.is_empty() {
        Err(invalid())
    } else {
        Ok(roots)
    }
}

#[cfg(not(target_os = "android"))]
fn verifier(
    roots: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
) -> Result<Verifier, rustls::Error> {
    Verifier::new_with_extra_roots(roots, provider)
}

#[cfg(target_os = "android")]
fn verifier(
    roots: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
) -> Result<Verifier, rustls::Error> {
    // Android has no way to add roots beside its store: they belong into the app's network security configuration.
    if !roots.is_empty() {
        return Err(rustls::Error::UnsupportedNameType);
    }
    Verifier::new(provider)
}
