//! How an AuthSession stands, as the server says it.

/// The state of an AuthSession, with the numbers of the protocol (the same in all clients of the vendor).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum State {
    /// Undefined; treated as failure.
    NoState = 0,
    /// Waiting for the user.
    Pending = 1,
    /// The two minutes passed.
    Expired = 2,
    /// The user picked the right access pass. The only success.
    Authenticated = 3,
    /// The user refused.
    Denied = 4,
    /// Withdrawn by the server, because another login for the same ID began while this one was open.
    Suspended = 5,
    /// Withdrawn by the service.
    Canceled = 6,
    /// The phone has loaded the session; the user has not decided.
    Fetched = 7,
    /// No longer valid.
    Invalid = 8,
}

impl State {
    /// Every state, in order of number.
    pub const ALL: [Self; 9] = [
        Self::NoState,
        Self::Pending,
        Self::Expired,
        Self::Authenticated,
        Self::Denied,
        Self::Suspended,
        Self::Canceled,
        Self::Fetched,
        Self::Invalid,
    ];

    /// The state with this number.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        Self::ALL.get(usize::try_from(number).ok()?).copied()
    }

    /// The number on the wire.
    #[must_use]
    pub fn number(self) -> u32 {
        self as u32
    }

    /// The stable name, such as `authenticated`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NoState => "no_state",
            Self::Pending => "pending",
            Self::Expired => "expired",
            Self::Authenticated => "authenticated",
            Self::Denied => "denied",
            Self::Suspended => "suspended",
            Self::Canceled => "canceled",
            Self::Fetched => "fetched",
            Self::Invalid => "invalid",
        }
    }

    /// Whether the state cannot change any more: every one but pending and fetched.
    #[must_use]
    pub fn is_terminal(self) -> bool {
        !matches!(self, Self::Pending | Self::Fetched)
    }
}
