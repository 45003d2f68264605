//! Scripted faults: what goes wrong, on which request, how often.

use serde::{Deserialize, Serialize};

/// The kinds of request, by what they are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Request {
    Start,
    State,
    Cancel,
    Release,
}

impl Request {
    /// From the protocol's name.
    pub(crate) fn from_wire(name: &str) -> Option<Self> {
        Some(match name {
            "ReqRequestAuthSession" => Self::Start,
            "ReqGetAuthSessionState" => Self::State,
            "ReqCancelAuthSession" => Self::Cancel,
            "ReqReleaseAuthSession" => Self::Release,
            _ => return None,
        })
    }

    /// The name, as on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::State => "state",
            Self::Cancel => "cancel",
            Self::Release => "release",
        }
    }
}

macro_rules! kinds {
    ($($kind:ident $name:literal $about:literal;)*) => {
        /// What can go wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        pub(crate) enum Kind { $(#[doc = $about] #[serde(rename = $name)] $kind,)* }

        /// Every fault: kind, name, and what it does (`VALUE` is what follows the name after `=`).
        pub(crate) const KINDS: &[(Kind, &str, &str)] = &[$((Kind::$kind, $name, $about),)*];
    };
}

kinds! {
    IconRaw "icon-raw" "an access pass that ends with == and holds + and /, unharmed: what most parsers damage";
    IconBlanks "icon-blanks" "the access pass has blanks where + belongs, as a form decoder leaves it";
    IconMissing "icon-missing" "no access pass in the reply";
    Icon "icon" "the access pass is VALUE, which may be empty";
    FieldOrder "field-order" "the fields come in random order";
    FieldUnknown "field-unknown" "an extra field that no document names (or VALUE, as name=value)";
    FieldDuplicated "field-duplicated" "the state field comes twice (or VALUE, as name=value, is appended)";
    FieldBare "field-bare" "a part without = (or VALUE) is inserted";
    FieldMissing "field-missing" "the field named VALUE is left out";
    ErrormsgMissing "errormsg-missing" "an error comes without its text";
    ValuesEncoded "values-encoded" "the values are percent-encoded";
    Newline "newline" "the reply ends with a line break";
    NotUtf8 "not-utf8" "an extra field holds a byte that is not UTF-8";
    BodyEmpty "body-empty" "the body is empty";
    BodyHuge "body-huge" "an extra field makes the reply longer than 1 MiB (or than VALUE bytes)";
    BodySlow "body-slow" "the body drips within 20 seconds (or VALUE milliseconds)";
    BodyStalled "body-stalled" "half of the body, then silence until the client goes";
    BodyTruncated "body-truncated" "half of the announced body, then the connection ends";
    ReplyStalled "reply-stalled" "the request is carried out, then silence for VALUE milliseconds or until the client goes";
    Html200 "html-200" "an HTML error page with status 200";
    Html502 "html-502" "an HTML error page with status 502";
    Status "status" "the right reply with HTTP status VALUE";
    Redirect "redirect" "status 302 to VALUE, or to this server again";
    DropBefore "drop-before" "the connection ends before the request is carried out";
    DropAfter "drop-after" "the request is carried out, then the connection ends without a reply";
    Reset "reset" "the connection is reset (TCP RST) before the request is carried out";
    State "state" "the state is given as VALUE, such as 9 or 3abc";
    StateBackwards "state-backwards" "the state is one step behind: 7 as 1, 3 as 7";
    SecSignId "secsignid" "the reply names the ID VALUE, by default mallory";
    AuthSessionId "authsessionid" "the reply names the session VALUE, by default another number";
    RequestId "requestid" "the reply names the request id VALUE";
    Error "error" "error VALUE (a number, or number/errorcode) instead of the reply";
    Frozen "frozen" "error 500/20006: the ID is frozen";
    Unknown "unknown" "error 500/20000: no such ID";
    Gone "gone" "error 400: no such session, or release refused";
}

impl Kind {
    /// The name, as on the command line.
    pub(crate) fn name(self) -> &'static str {
        KINDS
            .iter()
            .find(|(kind, ..)| *kind == self)
            .map_or("", |(_, name, _)| name)
    }

    /// The only request whose replies have what the fault changes, if there is one.
    fn only(self) -> Option<Request> {
        match self {
            Self::IconRaw | Self::IconBlanks | Self::IconMissing | Self::Icon | Self::RequestId => {
                Some(Request::Start)
            }
            Self::StateBackwards => Some(Request::State),
            _ => None,
        }
    }

    fn needs_value(self) -> bool {
        matches!(
            self,
            Self::FieldMissing | Self::Status | Self::State | Self::Error | Self::RequestId
        )
    }
}

/// One scripted fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    /// Which requests it concerns; without, all.
    #[serde(default)]
    pub(crate) request: Option<Request>,
    /// Whose; without, everybody's.
    #[serde(default)]
    pub(crate) secsignid: Option<String>,
    /// What goes wrong.
    pub(crate) fault: Kind,
    /// Its value, where it takes one.
    #[serde(default)]
    pub(crate) value: Option<String>,
    /// How many such requests are left alone first.
    #[serde(default)]
    pub(crate) after: u64,
    /// How many are hit; without, all that follow.
    #[serde(default)]
    pub(crate) times: Option<u64>,
    /// How many such requests have come.
    #[serde(default, skip_deserializing)]
    pub(crate) seen: u64,
}

impl Fault {
    /// Whether it can ever hit, and the value is there and has the form that the fault needs.
    pub(crate) fn check(&self) -> Result<(), String> {
        let name = self.fault.name();
        if self.times == Some(0) {
            return Err(format!("with times=0 the fault {name} never hits"));
        }
        match (self.request, self.fault.only()) {
            (Some(request), Some(only)) if request != only => {
                return Err(format!(
                    "the fault {name} changes nothing in the reply to {}, only in that to {}",
                    request.name(),
                    only.name()
                ));
            }
            _ => {}
        }
        let number = |text: &str| text.parse::<u64>().is_ok();
        let good = match (self.fault, self.value.as_deref()) {
            (kind, None) => !kind.needs_value(),
            (Kind::BodyHuge | Kind::BodySlow | Kind::ReplyStalled, Some(value)) => number(value),
            (Kind::Status, Some(value)) => value
                .parse::<u16>()
                .is_ok_and(|status| (200..=599).contains(&status)),
            (Kind::Error, Some(value)) => value.split('/').all(number),
            (Kind::FieldUnknown | Kind::FieldDuplicated, Some(value)) => value.contains('='),
            (Kind::Redirect, Some(value)) => !value.contains(|c: char| c.is_control()),
            _ => true,
        };
        if good {
            Ok(())
        } else {
            Err(format!(
                "the value of the fault {name} is missing or has the wrong form"
            ))
        }
    }
}

impl std::str::FromStr for Fault {
    type Err = String;

    /// `[REQUEST:]NAME[=VALUE][,after=N][,times=N][,id=ID]`, such as `state:html-502,after=1,times=1`.
    fn from_str(text: &str) -> Result<Self, String> {
        let (request, rest) = match text.split_once(':') {
            Some(("start", rest)) => (Some(Request::Start), rest),
            Some(("state", rest)) => (Some(Request::State), rest),
            Some(("cancel", rest)) => (Some(Request::Cancel), rest),
            Some(("release", rest)) => (Some(Request::Release), rest),
            Some(("any", rest)) => (None, rest),
            // The value of a fault may hold a colon, its name does not.
            Some((other, _)) if !other.contains(['=', ',']) => {
                return Err(format!(
                    "{other:?} is none of start, state, cancel, release, any"
                ));
            }
            _ => (None, text),
        };
        let mut parts = rest.split(',');
        let first = parts.next().unwrap_or_default();
        let (name, value) = first
            .split_once('=')
            .map_or((first, None), |(name, value)| (name, Some(value)));
        let (fault, ..) = KINDS
            .iter()
            .find(|(_, other, _)| *other == name)
            .ok_or_else(|| format!("there is no fault {name:?}; --list-faults shows them all"))?;
        let mut fault = Self {
            request,
            secsignid: None,
            fault: *fault,
            value: value.map(str::to_owned),
            after: 0,
            times: None,
            seen: 0,
        };
        let count = |text: &str| text.parse().map_err(|_| format!("{text:?} is not a count"));
        for part in parts {
            match part.split_once('=') {
                Some(("after", text)) => fault.after = count(text)?,
                Some(("times", text)) => fault.times = Some(count(text)?),
                Some(("id", id)) => fault.secsignid = Some(id.to_owned()),
                _ => return Err(format!("{part:?} is none of after=N, times=N, id=ID")),
            }
        }
        fault.check().map(|()| fault)
    }
}

/// A fault that hits the request in hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) kind: Kind,
    pub(crate) value: Option<String>,
}

/// The faults that hit this request, in the order in which they were set; each counts it.
pub(crate) fn hits(faults: &mut [Fault], request: Option<Request>, secsignid: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    for fault in faults {
        let concerned = fault.request.is_none_or(|wanted| Some(wanted) == request)
            && fault
                .secsignid
                .as_deref()
                .is_none_or(|wanted| wanted.eq_ignore_ascii_case(secsignid));
        if !concerned {
            continue;
        }
        let place = fault.seen;
        fault.seen += 1;
        if place >= fault.after && fault.times.is_none_or(|times| place - fault.after < times) {
            hits.push(Hit {
                kind: fault.fault,
                value: fault.value.clone(),
            });
        }
    }
    hits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit_names(faults: &mut [Fault], request: Request) -> Vec<&'static str> {
        hits(faults, Some(request), "alice")
            .iter()
            .map(|hit| hit.kind.name())
            .collect()
    }

    #[test]
    fn a_fault_hits_the_named_requests_only() {
        let mut faults = [
            "state:html-502,after=1,times=1".parse().unwrap(),
            "field-order".parse().unwrap(),
            "any:newline,id=Bob".parse().unwrap(),
        ];
        assert_eq!(hit_names(&mut faults, Request::Start), ["field-order"]);
        assert_eq!(hit_names(&mut faults, Request::State), ["field-order"]);
        assert_eq!(
            hit_names(&mut faults, Request::State),
            ["html-502", "field-order"]
        );
        assert_eq!(hit_names(&mut faults, Request::State), ["field-order"]);
        assert_eq!(hits(&mut faults, None, "bob").len(), 2);
    }

    #[test]
    fn values_are_read_and_checked() {
        let fault: Fault = "state:state=3abc".parse().unwrap();
        assert_eq!(
            (fault.request, fault.fault, fault.value.as_deref()),
            (Some(Request::State), Kind::State, Some("3abc"))
        );
        let fault: Fault = "redirect=https://evil.example/".parse().unwrap();
        assert_eq!(fault.value.as_deref(), Some("https://evil.example/"));
        for bad in [
            "",
            "nothing",
            "state",
            "state:state",
            "status=99",
            "error=x",
            "body-slow=soon",
            "newline,after=x",
            "newline,often",
            "field-missing",
            "field-duplicated=x",
            "cancel:",
            "phone:newline",
            "newline,times=0",
            "state:icon-raw",
            "cancel:state-backwards",
            "start:state-backwards",
        ] {
            assert!(bad.parse::<Fault>().is_err(), "{bad}");
        }
    }

    #[test]
    fn every_name_is_one_fault_and_is_the_same_in_json() {
        for (kind, name, about) in KINDS {
            assert_eq!(kind.name(), *name);
            assert_eq!(serde_json::to_value(kind).unwrap(), *name);
            assert!(!about.ends_with('.'));
        }
    }
}
