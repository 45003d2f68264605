//! How a command ends: exit codes, and errors as a person wants to read them.

use countermark::{Class, Error, ErrorCode};
use serde_json::{Value, json};
use std::{
    fmt::{self, Display, Write as _},
    io::{self, ErrorKind, IsTerminal as _, Write as _},
    process::ExitCode,
};

/// Why a command did not do what was asked.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line or the configuration is wrong: exit code 2, as for what clap refuses.
    Usage(String),
    /// It was tried, and the answer is no: exit code 1.
    Refused(String),
}

impl Failure {
    fn of(error: &Error) -> Self {
        let text = describe(error);
        if error.code().info().class == Class::Caller {
            Self::Usage(text)
        } else {
            Self::Refused(text)
        }
    }

    /// Tells the person, and gives the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        let (text, code) = match self {
            Self::Usage(text) => (text, 2),
            Self::Refused(text) => (text, 1),
        };
        note(format_args!("error: {text}"));
        ExitCode::from(code)
    }
}

impl From<String> for Failure {
    fn from(text: String) -> Self {
        Self::Refused(text)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::of(&error)
    }
}

/// What comes of an error of the library where JSON may be wanted: scripts then find its name on standard output, as after a verdict. A
/// mistake of the caller is told on standard error alone.
pub(crate) fn refuse(error: &Error, json: bool) -> Result<ExitCode, Failure> {
    if !json || error.code().info().class == Class::Caller {
        return Err(Failure::of(error));
    }
    say_json(&json!({"error": error.code().name()}))?;
    Ok(ExitCode::FAILURE)
}

/// Prints a line. A reader who has seen enough and went away is no failure; a full disk is one.
pub(crate) fn say(line: impl Display) -> Result<(), Failure> {
    print(format!("{line}\n").as_bytes())
}

/// As [`say`], for bytes.
pub(crate) fn print(bytes: &[u8]) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::Refused(format!(
            "cannot write to standard output: {error}"
        ))),
        _ => Ok(()),
    }
}

/// Prints a line of JSON in which nothing can command a terminal. JSON itself lets through DEL, the control characters beyond
/// ASCII, of which U+009B begins a command as ESC does, and those that turn the direction of writing.
pub(crate) fn say_json(value: &Value) -> Result<(), Failure> {
    say(Tame(value))
}

struct Tame<'a>(&'a Value);

impl Display for Tame<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Outside of texts, JSON is ASCII.
        for c in self.0.to_string().chars() {
            let prints = c.is_ascii() && c != '\x7f' || c.escape_debug().len() == 1;
            if prints {
                f.write_char(c)?;
                continue;
            }
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(f, "\\u{unit:04x}")?;
            }
        }
        Ok(())
    }
}

/// Tells the person something on standard error. That nobody reads it, or that its disk is full, is no failure: `eprintln!`
/// would panic, and leave undone what the command had still to do.
pub(crate) fn note(line: impl Display) {
    note_inline(format_args!("{line}\n"));
}

/// As [`note`], without the end of the line.
pub(crate) fn note_inline(text: impl Display) {
    let mut stderr = io::stderr().lock();
    let _ = write!(stderr, "{text}").and_then(|()| stderr.flush());
}

/// Tells whoever sits at the terminal that the command waits for standard input.
pub(crate) fn ask_for(what: &str) {
    if io::stdin().is_terminal() {
        note(format_args!(
            "reading the {what} from standard input; Ctrl-D ends it"
        ));
    }
}

/// An error with its name, what the server stated, and what to do about it.
pub(crate) fn describe(error: &Error) -> String {
    let info = error.code().info();
    let mut text = format!("{error} ({})", info.name);
    if let Some(report) = error.server_report() {
        // The server's text is not to be trusted: a control character could rewrite the terminal.
        let _ = write!(text, "\nserver: error {}", report.error.escape_debug());
        for part in [&report.code, &report.message].into_iter().flatten() {
            let _ = write!(text, ", {}", part.escape_debug());
        }
    }
    let _ = write!(text, "\nhint: {}", info.hint);
    let option = option_of(error.detail());
    if let (ErrorCode::MissingContext, Some(option)) = (error.code(), option) {
        let _ = write!(text, ": {option}");
    }
    text
}

/// The option that gives a part of a request, by the name that the library has for it.
pub(crate) fn option_of(part: &str) -> Option<&'static str> {
    Some(match part {
        "url" => "--url",
        "method" => "--method",
        "query" => "--query",
        "message id" => "--id",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::Tame;
    use serde_json::json;

    #[test]
    fn json_is_printed_without_what_a_terminal_obeys() {
        let value = json!({"é\u{9b}": "\x1b\x7f\u{85}\u{202e}\u{e0001} \"\\ ü 漢 😀"});
        let text = Tame(&value).to_string();
        assert_eq!(
            text,
            r#"{"é\u009b":"\u001b\u007f\u0085\u202e\udb40\udc01 \"\\ ü 漢 😀"}"#
        );
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&text).unwrap(),
            value
        );
    }
}
