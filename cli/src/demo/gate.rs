//! The site's side of the login with SecSign ID: the client, and the seal around what the browser keeps.

use super::{ending::Ending, failure, now_ms, random};
use countermark::{
    Client, Error, ErrorCode, Result, Secret,
    facade::{AuthSession, LoginConfig, Outcome, SealKey, Sealer},
};

/// How a login stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Pending,
    Fetched,
    /// With the SecSign ID that the server states.
    Approved(String),
    Ended(Ending),
}

impl Standing {
    /// Whether it cannot change any more.
    pub(super) fn is_final(&self) -> bool {
        matches!(self, Self::Approved(_) | Self::Ended(_))
    }

    /// The word that the event stream uses.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Fetched => "fetched",
            Self::Approved(_) => "approved",
            Self::Ended(ending) => ending.name(),
        }
    }

    /// The sentence that the page shows.
    pub(super) fn text(&self) -> &'static str {
        match self {
            Self::Pending => "Waiting for your phone",
            Self::Fetched => "Your phone has the request",
            Self::Approved(_) => "Confirmed, signing you in",
            Self::Ended(ending) => ending.title(),
        }
    }
}

/// A login that has been opened at the ID server.
pub(super) struct Opened {
    /// The sealed session, for the browser to keep.
    pub(super) handle: String,
    /// Tells this login from every other one; reveals nothing.
    pub(super) login: String,
    /// The picture as a `data:` address.
    pub(super) access_pass: Option<String>,
}

/// Opens logins, asks about them, and withdraws them.
pub(super) struct Gate {
    client: Client,
    sealer: Sealer,
}

impl Gate {
    /// A gate with a seal of its own: handles of an earlier run do not open.
    pub(super) fn new(
        id_server: &str,
        service_name: &str,
        service_address: &str,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let client = Client::new(LoginConfig {
            server: Some(id_server.trim_end_matches('/').to_owned()),
            service_name: service_name.to_owned(),
            service_address: service_address.to_owned(),
            plugin_name: Some("countermark-demo".to_owned()),
            show_access_pass: Some(true),
            ..LoginConfig::default()
        })?;
        let key = SealKey {
            id: "demo".to_owned(),
            secret: Secret::new(random::bytes::<32>()?.to_vec()),
            not_before_ms: None,
            not_after_ms: None,
        };
        let sealer = Sealer::new(vec![key], service_name, service_address)?;
        Ok(Self { client, sealer })
    }

    /// Starts a login and seals its session for this visitor.
    pub(super) async fn begin(&self, secsign_id: &str, visitor: &str) -> Result<Opened> {
        let nonce = random::bytes::<24>().map_err(|_| Error::new(ErrorCode::Internal))?;
        let challenge = self.client.begin(secsign_id).await?;
        Ok(Opened {
            handle: self
                .sealer
                .seal(&challenge.session, visitor.as_bytes(), now_ms(), &nonce)?,
            login: login_of(&challenge.session),
            access_pass: challenge.access_pass.map(|pass| pass.data_uri()),
        })
    }

    /// Opens a handle of this visitor.
    ///
    /// # Errors
    ///
    /// `UNKNOWN_HANDLE` for a handle of another visitor, of another service, or of nobody; `HANDLE_EXPIRED`.
    pub(super) fn open(&self, handle: &str, visitor: &str) -> Result<AuthSession> {
        self.sealer.open(handle, visitor.as_bytes(), now_ms())
    }

    /// Asks the ID server. An approval is given out once, so the caller keeps it.
    ///
    /// # Errors
    ///
    /// What may pass: the ID server is out of reach, or answers nonsense.
    pub(super) async fn check(&self, session: &AuthSession) -> Result<Standing> {
        let outcome = match self.client.check(session).await {
            Ok(outcome) => outcome,
            Err(error) if is_the_end(&error) => {
                failure::log("login ended", &error);
                return Ok(Standing::Ended(Ending::Failed));
            }
            Err(error) => return Err(error),
        };
        Ok(match (outcome.kind(), outcome.secsign_id()) {
            (Outcome::Approved, Some(secsign_id)) => Standing::Approved(secsign_id.to_owned()),
            (Outcome::Pending, _) => Standing::Pending,
            (Outcome::Fetched, _) => Standing::Fetched,
            (kind, _) => Standing::Ended(Ending::of(kind)),
        })
    }

    /// Withdraws a login from the phone.
    pub(super) async fn cancel(&self, session: &AuthSession) -> Result<()> {
        self.client.cancel(session).await
    }
}

/// The name of a session among all logins at the ID server. It stays on this side.
pub(super) fn login_of(session: &AuthSession) -> String {
    session.auth_session_id().to_owned()
}

/// Whether no later question can bring another answer.
fn is_the_end(error: &Error) -> bool {
    matches!(
        error.code(),
        ErrorCode::SessionGone | ErrorCode::IdentityMismatch | ErrorCode::AlreadyConsumed
    )
}
