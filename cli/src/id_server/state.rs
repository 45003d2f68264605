//! The nine states of a session, and what can be done to one from outside.

use serde::{Deserialize, Serialize};

/// The states by their number on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Undefined = 0,
    Pending = 1,
    Expired = 2,
    Authenticated = 3,
    Denied = 4,
    Suspended = 5,
    Canceled = 6,
    Fetched = 7,
    Invalid = 8,
}

impl State {
    pub(crate) fn new(number: u8) -> Option<Self> {
        Some(match number {
            0 => Self::Undefined,
            1 => Self::Pending,
            2 => Self::Expired,
            3 => Self::Authenticated,
            4 => Self::Denied,
            5 => Self::Suspended,
            6 => Self::Canceled,
            7 => Self::Fetched,
            8 => Self::Invalid,
            _ => return None,
        })
    }

    /// Whether the person can still decide.
    pub(crate) fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Fetched)
    }

    pub(crate) fn digit(self) -> char {
        char::from(b'0' + self as u8)
    }

    /// The name, as in the clients' constants.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Undefined => "NOSTATE",
            Self::Pending => "PENDING",
            Self::Expired => "EXPIRED",
            Self::Authenticated => "AUTHENTICATED",
            Self::Denied => "DENIED",
            Self::Suspended => "SUSPENDED",
            Self::Canceled => "CANCELED",
            Self::Fetched => "FETCHED",
            Self::Invalid => "INVALID",
        }
    }
}

/// What a person, a script or the control API does to a session. As text: a word, or a state's digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) enum Action {
    /// The phone loads the session.
    Fetch,
    /// The right symbol.
    Approve,
    /// A wrong symbol; what follows is the server's policy.
    WrongSymbol,
    /// Refused on the phone.
    Deny,
    /// Withdrawn by the server, as after a competing request.
    Suspend,
    /// The two minutes are over.
    Expire,
    /// Put into that state whatever it was before.
    Force(State),
}

const WORDS: [(&str, Action); 6] = [
    ("fetch", Action::Fetch),
    ("approve", Action::Approve),
    ("wrong-symbol", Action::WrongSymbol),
    ("deny", Action::Deny),
    ("suspend", Action::Suspend),
    ("expire", Action::Expire),
];

impl std::str::FromStr for Action {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some((_, action)) = WORDS.iter().find(|(word, _)| *word == text) {
            return Ok(*action);
        }
        match text.as_bytes() {
            [digit @ b'0'..=b'8'] => State::new(digit - b'0').map(Self::Force),
            _ => None,
        }
        .ok_or_else(|| {
            let words = WORDS.map(|(word, _)| word).join(", ");
            format!("an action is one of {words}, or a state from 0 to 8")
        })
    }
}

impl TryFrom<String> for Action {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Action> for String {
    fn from(action: Action) -> Self {
        match action {
            Action::Force(state) => state.digit().to_string(),
            named => WORDS
                .iter()
                .find(|(_, a)| *a == named)
                .map_or("", |(word, _)| word)
                .to_owned(),
        }
    }
}
