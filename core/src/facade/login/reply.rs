//! Single replies and IDs, for tools and tests. A login goes through [`Login`](super::Login).

use super::State;
use crate::{
    error::Result,
    proto::{
        access_pass, ident,
        reply::Field,
        request::RequestKind,
        response::{self, Sent},
    },
};
use alloc::string::String;

/// The fields of a reply, each in the exact form that the protocol asks for. Proves nothing about a user: only a
/// [`Login`](super::Login) compares a reply with what was asked.
#[derive(Clone, PartialEq, Eq)]
pub struct ServerReply {
    /// The SecSign ID that the server states, normalised.
    pub secsign_id: Option<String>,
    /// The number of the session: a signed 64-bit integer as text.
    pub auth_session_id: Option<String>,
    /// The request id. A secret: with the two above, it is the handle of the session.
    pub request_id: Option<String>,
    /// The echo of the service name.
    pub service_name: Option<String>,
    /// The echo of the service address.
    pub service_address: Option<String>,
    /// The state.
    pub state: Option<State>,
    /// The access pass as base64 text, not yet checked to be a picture; absent if the session has none.
    pub access_pass_base64: Option<String>,
    /// How many fields the protocol does not know.
    pub unknown_fields: u32,
}

impl core::fmt::Debug for ServerReply {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("ServerReply")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// Brings a SecSign ID into the form that is sent and compared: blanks around it trimmed, ASCII letters lowered.
///
/// # Errors
/// `INVALID_SECSIGN_ID` unless it is 1 to 255 ASCII letters, digits, `_`, `@`, `-` and `.`, the characters that the vendor's
/// own pages allow. Other letters are never folded or dropped.
pub fn normalize_secsign_id(secsign_id: &str) -> Result<String> {
    ident::normalize(secsign_id)
}

/// Reads the body of a reply to a request of `kind`.
///
/// The values of a reply are raw: it is split at `&` and at the first `=`, and nothing is decoded. The vendor describes the
/// format as URL-coded, but its own sample replies and the four of its clients that work show otherwise.
///
/// # Errors
/// `RESPONSE_TOO_LARGE` above 64 KiB; `DUPLICATE_FIELD`; `MISSING_FIELD`; `PROTOCOL` for everything that is not a reply;
/// `INVALID_ACCESS_PASS` if that is not base64; and what the server states: `UNKNOWN_ID`, `FROZEN`, `SESSION_GONE`,
/// `SERVER_ERROR`.
pub fn parse_reply(kind: RequestKind, body: &[u8]) -> Result<ServerReply> {
    let fields = response::read(
        kind,
        body,
        Sent {
            service_name: "",
            request_id: "",
        },
    )?;
    let text = |field| fields.get(field).map(String::from);
    let icon = fields.get(Field::Icon).filter(|icon| !icon.is_empty());
    if let Some(icon) = icon {
        access_pass::decode(icon)?;
    }
    Ok(ServerReply {
        secsign_id: response::secsign_id(&fields)?,
        auth_session_id: text(Field::AuthSessionId),
        request_id: text(Field::RequestId),
        service_name: text(Field::ServiceName),
        service_address: text(Field::ServiceAddress),
        state: response::state(&fields)?,
        access_pass_base64: icon.map(String::from),
        unknown_fields: fields.unknown,
    })
}
