//! A demo that runs for one test, and its ID server's control API.

use crate::http::{Reply, send};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

/// Ends with the value.
pub(crate) struct Demo {
    child: Child,
    /// `host:port` of the site.
    pub(crate) site: String,
    control: String,
    token: String,
}

impl Demo {
    pub(crate) fn start(options: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_countermark"))
            .args(["demo", "--json", "--port", "0"])
            .args(options)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped"))
            .read_line(&mut line)
            .expect("one line");
        let addresses: Value = serde_json::from_str(&line).expect("a line of JSON");
        let host = |url: &Value| {
            url.as_str()
                .expect("text")
                .trim_start_matches("http://")
                .trim_end_matches('/')
                .to_owned()
        };
        Self {
            child,
            site: host(&addresses["site"]),
            control: host(&addresses["id_server"]["control"]),
            token: addresses["id_server"]["token"]
                .as_str()
                .expect("text")
                .to_owned(),
        }
    }

    /// The process, for tests that end it themselves.
    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// One request to the site, every byte of the head as given.
    pub(crate) fn raw(&self, request: &str) -> Reply {
        send(&self.site, request.as_bytes())
    }

    /// GET without cookies.
    pub(crate) fn get(&self, path: &str) -> Reply {
        self.raw(&format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            self.site
        ))
    }

    pub(crate) fn control(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let reply = send(
            &self.control,
            format!(
                "{method} {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
                 Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
                self.control,
                self.token,
                body.len()
            )
            .as_bytes(),
        );
        assert_eq!(reply.status, 200, "{method} {path}: {}", reply.body);
        serde_json::from_str(&reply.body).expect("JSON")
    }

    /// The sessions that the ID server holds for an ID.
    pub(crate) fn sessions(&self, id: &str) -> Vec<Value> {
        let sessions = self.control("GET", &format!("/sessions?secsignid={id}"), &Value::Null);
        sessions.as_array().expect("a list").clone()
    }

    /// The person at the phone does something to the only session of an ID.
    pub(crate) fn act(&self, id: &str, action: &str) {
        let number = self.sessions(id)[0]["authsessionid"]
            .as_str()
            .expect("text")
            .to_owned();
        self.control(
            "POST",
            &format!("/sessions/{number}"),
            &serde_json::json!({ "action": action }),
        );
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // Already gone is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A browser's worth of memory: cookies and the form token of the last page.
pub(crate) struct Visitor<'a> {
    demo: &'a Demo,
    cookies: Vec<(String, String)>,
    pub(crate) csrf: String,
}

impl<'a> Visitor<'a> {
    /// Looks at the login page first, as everybody does.
    pub(crate) fn new(demo: &'a Demo) -> Self {
        let mut visitor = Self {
            demo,
            cookies: Vec::new(),
            csrf: String::new(),
        };
        assert_eq!(visitor.get("/").status, 200);
        assert_eq!(visitor.csrf.len(), 64, "a page with a form token");
        visitor
    }

    pub(crate) fn get(&mut self, path: &str) -> Reply {
        self.exchange("GET", path, "", None)
    }

    /// A form with this visitor's token.
    pub(crate) fn post(&mut self, path: &str, fields: &str) -> Reply {
        let body = format!("csrf={}&{fields}", self.csrf);
        self.exchange("POST", path, "", Some(&body))
    }

    /// The same by a program that asks for JSON.
    pub(crate) fn post_for_json(&mut self, path: &str, fields: &str) -> Reply {
        let body = format!("csrf={}&{fields}", self.csrf);
        self.exchange("POST", path, "Accept: application/json\r\n", Some(&body))
    }

    /// A form exactly as given.
    pub(crate) fn post_raw(&mut self, path: &str, body: &str) -> Reply {
        self.exchange("POST", path, "", Some(body))
    }

    /// What the waiting page names its login by.
    pub(crate) fn tag(&mut self) -> String {
        let page = self.get("/login/wait").body;
        let (_, rest) = page.split_once("data-tag=\"").expect("a waiting page");
        rest.split('"').next().expect("a value").to_owned()
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.retain(|(key, _)| key != name);
        self.cookies.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn exchange(
        &mut self,
        method: &str,
        path: &str,
        headers: &str,
        body: Option<&str>,
    ) -> Reply {
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{headers}",
            self.demo.site
        );
        if !cookies.is_empty() {
            request += &format!("Cookie: {}\r\n", cookies.join("; "));
        }
        if let Some(body) = body {
            request += &format!(
                "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n",
                body.len()
            );
        }
        request += "\r\n";
        request += body.unwrap_or_default();
        let reply = self.demo.raw(&request);
        for cookie in reply.headers("set-cookie") {
            let (pair, attributes) = cookie.split_once(';').expect("attributes");
            let (name, value) = pair.split_once('=').expect("a name");
            assert!(
                attributes.contains("HttpOnly") && attributes.contains("SameSite=Lax"),
                "{cookie}"
            );
            self.cookies.retain(|(key, _)| key != name);
            if !attributes.contains("Max-Age=0") {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        if let Some((_, rest)) = reply.body.split_once("name=\"csrf\" value=\"") {
            self.csrf = rest[..64].to_owned();
        }
        reply
    }
}
