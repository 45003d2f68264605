//! The pages of the phone. Everything that came from outside goes through [`escape`].

use super::policy::Policy;
use super::session::Session;
use super::state::State;

/// Makes text safe between tags and in quoted attributes.
fn escape(text: &str) -> String {
    text.chars()
        .fold(String::with_capacity(text.len()), |mut out, c| {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                '\'' => out.push_str("&#39;"),
                // Control characters, and those that turn the direction of writing: an address must not read backwards.
                c if c.is_control() => out.push(' '),
                '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' => {
                    out.push('\u{fffd}');
                }
                other => out.push(other),
            }
            out
        })
}

/// The frame of every page. `version` changes when there is something new to show, and `news` says it.
fn page(title: &str, version: &str, news: &str, main: &str) -> String {
    format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<link rel="icon" href="/symbol/42.png">
<link rel="stylesheet" href="/phone.css">
<script src="/phone.js" defer></script>
</head>
<body>
<header><a href="/">Countermark phone</a> <span class="tag">emulator</span></header>
<main data-version="{version}" data-news="{news}">
{main}
</main>
<p id="news" class="visually-hidden" role="status"></p>
<footer>This page stands in for the app on a phone. Whoever can open it can answer for every ID, so keep it to
test machines.</footer>
</body>
</html>
"#
    )
}

/// Something went wrong.
pub(crate) fn failure(text: &str) -> String {
    let text = escape(text);
    page(
        "Not possible",
        "",
        "",
        &format!(
            "<h1>Not possible</h1>\n<p>{text}</p>\n<p><a class=\"button\" href=\"/\">Start again</a></p>"
        ),
    )
}

/// The first page: whose phone is it?
pub(crate) fn home(typed: &str, unknown: bool) -> String {
    let typed = escape(typed);
    let (error, described) = if unknown {
        (
            r#"<p class="error" id="error">There is no such ID on this server.</p>"#,
            r#" aria-invalid="true" aria-describedby="error""#,
        )
    } else {
        ("", "")
    };
    let main = format!(
        r#"<h1>Whose phone is this?</h1>
<p>Enter the SecSign ID that you log in with. Its login requests appear here.</p>
<form action="/requests" method="get">
<label for="secsignid">SecSign ID</label>
<input id="secsignid" name="secsignid" value="{typed}" required maxlength="255" autocomplete="username" autocapitalize="none" spellcheck="false" autofocus{described}>
{error}
<button class="primary">Show login requests</button>
</form>"#
    );
    page("Countermark phone", "", "", &main)
}

/// The requests of one ID.
pub(crate) fn requests(
    id: &str,
    frozen: bool,
    sessions: &[&Session],
    now_ms: i64,
    policy: &Policy,
) -> String {
    let open: Vec<_> = sessions
        .iter()
        .filter(|session| session.state.is_open())
        .collect();
    let over: Vec<_> = sessions
        .iter()
        .filter(|session| !session.state.is_open())
        .take(5)
        .collect();
    let id = escape(id);
    let mut main = format!(
        "<h1>Login requests</h1>\n<p>for <strong>{id}</strong> · <a href=\"/\">another ID</a></p>\n"
    );
    if frozen {
        main.push_str(&format!(
            r#"<section class="card warning" aria-labelledby="frozen">
<h2 id="frozen">This ID is frozen</h2>
<p>Two logins were requested at the same time, and one of them may not have been yours. No login is possible until you re-activate the ID.</p>
<form action="/reactivate" method="post"><input type="hidden" name="secsignid" value="{id}"><button class="primary">Re-activate {id}</button></form>
</section>
"#
        ));
    } else if open.is_empty() {
        main.push_str("<p class=\"card quiet\">No request is waiting. Start a login on the site, and it appears here.</p>\n");
    }
    for session in &open {
        main.push_str(&format!(
            r#"<section class="card" aria-labelledby="s{number}">
<h2 id="s{number}">{name}</h2>
<p class="address">{address}</p>
<form action="/open" method="post"><input type="hidden" name="session" value="{number}"><button class="primary">Open<span class="visually-hidden"> the request of {name}</span></button>{time}</form>
</section>
"#,
            number = session.id,
            name = escape(&session.service_name),
            address = escape(&session.service_address),
            time = time_left(session, now_ms, policy),
        ));
    }
    if !over.is_empty() {
        main.push_str("<h2>Before</h2>\n<ul class=\"past\">\n");
        for session in over {
            let (class, word, _) = outcome(session.state);
            main.push_str(&format!(
                "<li><span>{}</span> <span class=\"{class}\">{word}</span></li>\n",
                escape(&session.service_name)
            ));
        }
        main.push_str("</ul>\n");
    }
    main.push_str(NO_SCRIPT);
    let version: String = sessions
        .iter()
        .map(|session| format!("{}:{} ", session.id, session.state.digit()))
        .collect();
    let news = match (frozen, open.len()) {
        (true, _) => "This ID is frozen.",
        (false, 0) => "No request is waiting.",
        (false, 1) => "One request is waiting.",
        (false, _) => "Several requests are waiting.",
    };
    page(
        &format!("Login requests of {id}"),
        &format!("{version}{frozen}"),
        news,
        &main,
    )
}

const NO_SCRIPT: &str = "<noscript><p><a class=\"button\" href=\"\">Look again</a></p></noscript>";

/// One request: the choice, or what became of it.
pub(crate) fn request(session: &Session, now_ms: i64, policy: &Policy) -> String {
    let name = escape(&session.service_name);
    let address = escape(&session.service_address);
    let account = escape(&session.account);
    let version = session.state.digit().to_string();
    if !session.state.is_open() {
        let (class, word, text) = outcome(session.state);
        let main = format!(
            r#"<section class="result {class}">
<h1>{word}</h1>
<p><strong>{name}</strong><br><span class="address">{address}</span></p>
<p>{text}</p>
</section>
<p><a class="button" href="/requests?secsignid={account}">All requests of {account}</a></p>"#
        );
        return page(&format!("{word}: {name}"), &version, word, &main);
    }
    let choice = match session.choices {
        Some(choices) => {
            let buttons: String = choices
                .iter()
                .map(|symbol| {
                    let (number, label) = (symbol.number(), symbol.name());
                    format!(
                        "<button name=\"answer\" value=\"{number}\"><img src=\"/symbol/{number}.png\" width=\"88\" height=\"88\" alt=\"{label}\"></button>\n"
                    )
                })
                .collect();
            format!(
                "<fieldset class=\"symbols\"><legend>Tap the symbol that the login page shows</legend>\n{buttons}</fieldset>"
            )
        }
        None => {
            "<button class=\"primary\" name=\"answer\" value=\"approve\">Approve the login</button>"
                .to_owned()
        }
    };
    let number = session.id;
    let time = time_left(session, now_ms, policy);
    let main = format!(
        r#"<h1>{name}</h1>
<p class="address">{address}</p>
<p>wants to log you in as <strong>{account}</strong>. {time}</p>
<form action="/decide" method="post">
<input type="hidden" name="session" value="{number}">
{choice}
<button class="deny" name="answer" value="deny">Deny: this was not me</button>
</form>"#
    );
    page(
        &format!("Login to {name}?"),
        &version,
        "The request is waiting for you.",
        &main,
    )
}

/// The time until it expires; the script counts it down.
fn time_left(session: &Session, now_ms: i64, policy: &Policy) -> String {
    let seconds = (session.created_ms + policy.session_ms - now_ms).max(0) / 1_000;
    format!(
        "<span class=\"time\" data-seconds=\"{seconds}\">{}:{:02} left</span>",
        seconds / 60,
        seconds % 60
    )
}

/// How a state is shown to a person: its look, a word, a sentence.
fn outcome(state: State) -> (&'static str, &'static str, &'static str) {
    match state {
        State::Pending | State::Fetched => (
            "waiting",
            "Waiting",
            "The request is waiting for an answer.",
        ),
        State::Authenticated => ("good", "Approved", "You are logged in on the site."),
        State::Denied => (
            "bad",
            "Denied",
            "Nobody is logged in. If you did not ask for this login, that was right.",
        ),
        State::Expired => (
            "over",
            "Expired",
            "The two minutes are over. Start the login again on the site.",
        ),
        State::Suspended => (
            "bad",
            "Suspended",
            "Another login was requested at the same time, so both were stopped.",
        ),
        State::Canceled => ("over", "Withdrawn", "The site has withdrawn the request."),
        State::Invalid => (
            "over",
            "Over",
            "The request has been used, or it is no longer valid.",
        ),
        State::Undefined => ("over", "Unknown", "Nothing is known about this request."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_cannot_become_markup_or_turn_around() {
        assert_eq!(
            escape("<script>\"a\" & 'b'</script>\n"),
            "&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;&lt;/script&gt; "
        );
        assert_eq!(
            escape("https://bank\u{202e}moc.live"),
            "https://bank\u{fffd}moc.live"
        );
        let page = home("\" autofocus onfocus=alert(1) x=\"", true);
        assert!(!page.contains("x=\"\"") && page.contains("value=\"&quot; autofocus"));
    }
}
