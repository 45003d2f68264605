//! Accepts connections and gives their requests to a service, until told to stop.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::socket::{ResetFlag, Socket};

/// Connections at once on one port; more wait to be accepted.
const MAX_CONNECTIONS: usize = 8_192;
/// A connection that sends no request for so long is closed.
const IDLE: Duration = Duration::from_secs(75);
/// A TLS handshake takes at most so long.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Requests in progress of an emulator may take so long after the order to stop.
pub(crate) const FAREWELL: Duration = Duration::from_millis(300);

type BoxError = Box<dyn Error + Send + Sync>;

/// Serves one port. `make` makes the service of a connection, and `ended` hears why one failed; what is in progress at the order to stop may
/// take the time `farewell`.
pub(crate) async fn serve<F, S, B, E>(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    make: F,
    mut stop: watch::Receiver<bool>,
    farewell: Duration,
    ended: E,
) where
    E: Fn(hyper::Error) + Clone + Send + 'static,
    F: Fn(ResetFlag) -> S,
    S: Service<Request<Incoming>, Response = Response<B>> + Send + 'static,
    S::Future: Send,
    S::Error: Into<BoxError>,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = async {
                let place = places.clone().acquire_owned().await;
                (listener.accept().await, place)
            } => accepted,
            Some(_) = connections.join_next(), if !connections.is_empty() => continue,
            () = stopped(&mut stop) => break,
        };
        let (Ok((stream, _)), place) = accepted else {
            // Out of file descriptors, or a client that went at once: others may fare better in a moment.
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        // Only a speed-up, and the connection works without.
        let _ = stream.set_nodelay(true);
        let (socket, reset) = Socket::new(stream);
        let (service, tls, stop) = (make(reset), tls.clone(), stop.clone());
        let ended = ended.clone();
        connections.spawn(async move {
            let _place = place;
            let end = match tls {
                None => converse(socket, service, stop).await,
                Some(tls) => match tokio::time::timeout(HANDSHAKE, tls.accept(socket)).await {
                    Ok(Ok(stream)) => converse(stream, service, stop).await,
                    // A client that refuses the certificate is the client's matter.
                    _ => Ok(()),
                },
            };
            if let Err(error) = end {
                ended(error);
            }
        });
    }
    let all_gone = async { while connections.join_next().await.is_some() {} };
    // What is still going on then ends with the set.
    let _ = tokio::time::timeout(farewell, all_gone).await;
}

async fn converse<I, S, B>(io: I, service: S, mut stop: watch::Receiver<bool>) -> hyper::Result<()>
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: Service<Request<Incoming>, Response = Response<B>> + Send + 'static,
    S::Future: Send,
    S::Error: Into<BoxError>,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(IDLE)
        .serve_connection(TokioIo::new(io), service);
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        end = connection.as_mut() => end,
        () = stopped(&mut stop) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    }
}

/// Returns when it is time to stop, also when the emulator was dropped.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    // The guard of the value must not live on in the caller.
    let _ = stop.wait_for(|&stopped| stopped).await;
}
