//! The C in `README.md` compiles against the header as it is.

mod support;

use std::{fs, process::Command};
use support::{libraries, root, run};

/// What a reader has before each piece: its heading, and what the lines take, as parameters.
const GIVEN: [(&str, &str); 4] = [
    (
        "Verify a link",
        "const char *secret, const char *query, int64_t now_ms, countermark_query_verifier *verifier, \
         countermark_verified_query *verified, countermark_verified_query_view view",
    ),
    (
        "Verify a webhook",
        "const char *secret, const char *body, size_t body_len, int64_t now_ms, countermark_pair headers[3], size_t headers_len, \
         countermark_webhook_verifier *verifier, countermark_verified_webhook *verified, countermark_verified_webhook_view view",
    ),
    (
        "Let the library do the sending",
        "const char *secsign_id, countermark_login_config config, countermark_login_client *client, countermark_challenge *challenge, \
         countermark_auth_session *session, countermark_login_result *result, countermark_str approved",
    ),
    (
        "SecureSign",
        "const char *body, size_t body_len, int64_t now_ms, countermark_securesign_client *client, countermark_securesign_request request, \
         countermark_securesign_call *call, countermark_step step, countermark_securesign_session session, \
         countermark_securesign_pending pending",
    ),
];

/// Every piece of C with the heading that it stands under.
fn pieces(page: &str) -> Vec<(&str, String)> {
    let (mut heading, mut is_code, mut all) = ("", false, Vec::new());
    for line in page.lines() {
        if let (false, Some(text)) = (is_code, line.strip_prefix("## ")) {
            heading = text;
        } else if line.starts_with("```") {
            is_code = line == "```c";
            if is_code {
                all.push((heading, String::new()));
            }
        } else if let (true, Some((_, code))) = (is_code, all.last_mut()) {
            *code += line;
            *code += "\n";
        }
    }
    all
}

#[test]
fn every_piece_of_c_compiles() {
    let page = fs::read_to_string(root().join("README.md")).expect("README.md");
    let pieces = pieces(&page);
    let headings: Vec<&str> = pieces.iter().map(|(heading, _)| *heading).collect();
    assert_eq!(headings, GIVEN.map(|(heading, _)| heading));
    let mut program = "#include \"countermark.h\"\n#include <string.h>\n".to_owned();
    for (at, ((_, code), (_, given))) in pieces.iter().zip(GIVEN).enumerate() {
        program += &format!("void piece_{at}({given}) {{\n{code}}}\n");
    }
    let source = libraries().join("readme.c");
    fs::write(&source, program).expect("written");
    run(Command::new("gcc")
        .args(["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror"])
        .args(["-DCOUNTERMARK_HTTP", "-fsyntax-only", "-I"])
        .arg(root().join("include"))
        .arg(source));
}
