//! The site's side of signed links: the keys, the directory, and the memory of used links.

use super::random;
use countermark::{
    Error, ErrorCode, Result, Secret,
    facade::{
        QueryConfig, QueryField, QueryKey, QueryProfile, QuerySigner, QuerySignerConfig,
        QueryVerifier, ReplayMemory,
    },
};

/// How a link is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Profile {
    /// OneLogin's older links: SHA-1 over joined fields.
    OneLogin,
    /// Countermark's own: HMAC-SHA256 over length-prefixed fields.
    V1,
}

impl Profile {
    pub(super) fn id(self) -> &'static str {
        match self {
            Self::OneLogin => "onelogin",
            Self::V1 => "countermark-v1",
        }
    }

    /// The address that such links lead to.
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::OneLogin => "/enter/onelogin",
            Self::V1 => "/enter/countermark-v1",
        }
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::OneLogin => "OneLogin, strict",
            Self::V1 => "countermark-v1",
        }
    }

    pub(super) fn about(self) -> &'static str {
        match self {
            Self::OneLogin => {
                "As OneLogin's older links: SHA-1 over first name, last name, email, time and secret, joined without \
                 separators. Kept for links that already exist, with every rule that the format allows."
            }
            Self::V1 => {
                "For new links: HMAC-SHA256 over fields that each carry their length, with tenant, audience, nonce and expiry."
            }
        }
    }

    pub(super) fn about_shifted(self) -> &'static str {
        match self {
            Self::OneLogin => {
                "Three letters moved from the email to the last name. The joined text is the same, so the signature still \
                 fits; the directory knows that bob is not this person."
            }
            Self::V1 => {
                "Three letters moved from the email to the last name. The lengths are signed, so the signature no longer fits."
            }
        }
    }

    pub(super) fn stated_by(self) -> &'static str {
        match self {
            Self::OneLogin => "A signed link, OneLogin profile",
            Self::V1 => "A signed link, countermark-v1",
        }
    }
}

/// An account of this site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) first_name: &'static str,
    pub(super) last_name: &'static str,
    pub(super) email: &'static str,
}

/// Who may come in by a link. A link that names anybody else, or one of these with another name, is refused.
pub(super) const DIRECTORY: [Person; 3] = [
    Person {
        first_name: "Ann",
        last_name: "Lee",
        email: "bigbob@corp.example",
    },
    Person {
        first_name: "Bob",
        last_name: "Roe",
        email: "bob@corp.example",
    },
    Person {
        first_name: "Cleo",
        last_name: "Park",
        email: "cleo@corp.example",
    },
];

/// Checks the links of both profiles; in this demo it also plays the portal that signs them.
pub(super) struct LinkDoor {
    onelogin: Pair,
    v1: Pair,
    used: ReplayMemory,
}

/// A portal and the site that trusts it: they share one secret.
struct Pair {
    signer: QuerySigner,
    verifier: QueryVerifier,
}

impl Pair {
    fn new(
        profile: QueryProfile,
        audience: Option<&str>,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let secret = random::token()?;
        let key = || QueryKey::new("portal", Secret::from(secret.as_str()));
        let audience = audience.map(str::to_owned);
        let signer = QuerySignerConfig {
            profile,
            key: key(),
            audience: audience.clone(),
            lifetime_s: None,
            allow_demo_secret: false,
        };
        let mut verifier = QueryConfig::new(profile, vec![key()]);
        verifier.audience = audience;
        Ok(Self {
            signer: QuerySigner::new(signer)?,
            verifier: QueryVerifier::new(verifier)?,
        })
    }
}

impl LinkDoor {
    /// A door with fresh secrets, for links that are meant for `audience`.
    pub(super) fn new(audience: &str) -> Result<Self, Box<dyn std::error::Error>> {
        Ok(Self {
            onelogin: Pair::new(QueryProfile::LegacyOneLoginStrict, None)?,
            v1: Pair::new(QueryProfile::CountermarkV1, Some(audience))?,
            used: ReplayMemory::new(None)?,
        })
    }

    /// A link as the portal makes it: the part after the `?`.
    pub(super) fn sign(&self, profile: Profile, person: &Person, now_ms: i64) -> Result<String> {
        let field = |name: &str, value: &str| QueryField {
            name: name.to_owned(),
            value: value.to_owned(),
        };
        let fields = [
            field("firstname", person.first_name),
            field("lastname", person.last_name),
            field("email", person.email),
        ];
        let nonce = random::bytes::<16>().map_err(|_| Error::new(ErrorCode::Internal))?;
        self.pair(profile).signer.sign(&fields, now_ms, &nonce)
    }

    /// Lets a person in, once for each link.
    ///
    /// # Errors
    ///
    /// Why not; for the log only.
    pub(super) fn enter(&self, profile: Profile, query: &str, now_ms: i64) -> Result<Person> {
        let (person, key) = self.accept(profile, query, now_ms)?;
        self.used.commit(&key)?;
        Ok(person)
    }

    /// What [`enter`](Self::enter) would say, without using the link up.
    pub(super) fn verdict(&self, profile: Profile, query: &str, now_ms: i64) -> Result<Person> {
        let (person, key) = self.accept(profile, query, now_ms)?;
        self.used.release(&key)?;
        Ok(person)
    }

    /// Signature and time, then the directory, then whether the link is new. The link is reserved afterwards.
    fn accept(&self, profile: Profile, query: &str, now_ms: i64) -> Result<(Person, String)> {
        let link = self
            .pair(profile)
            .verifier
            .verify(query.as_bytes(), now_ms)?;
        let person = match link.claimed_email() {
            Some(claimed) => {
                let person = Self::look_up(claimed)?;
                link.check_profile(person.first_name, person.last_name)?;
                person
            }
            None => Self::look_up(link.get("email").unwrap_or_default())?,
        };
        let key = link.replay_key();
        self.used.reserve(&key, link.replay_until_ms(), now_ms)?;
        Ok((person, key))
    }

    fn look_up(email: &str) -> Result<Person> {
        let mut directory = DIRECTORY.into_iter();
        let found = directory.find(|person| person.email == email);
        found.ok_or_else(|| Error::new(ErrorCode::ProfileMismatch))
    }

    fn pair(&self, profile: Profile) -> &Pair {
        match profile {
            Profile::OneLogin => &self.onelogin,
            Profile::V1 => &self.v1,
        }
    }
}
