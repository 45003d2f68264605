//! `countermark completions`, as a shell reads it.

use std::process::Command;

fn script(shell: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_countermark"))
        .args(["completions", shell])
        .output()
        .expect("runs");
    assert_eq!(output.status.code(), Some(0), "{shell}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn shells_learn_the_commands_and_the_schemes() {
    for shell in ["bash", "zsh", "fish"] {
        let script = script(shell);
        for word in ["verify-query", "securesign", "hubspot-v3"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
}

#[test]
fn bash_completes() {
    let asked = "COMP_WORDS=(countermark webhook verify --scheme strip); COMP_CWORD=4; \
                 _countermark countermark strip --scheme; echo \"${COMPREPLY[@]}\"";
    let output = Command::new("bash")
        .args(["--norc", "-c", &format!("{}\n{asked}", script("bash"))])
        .output()
        .expect("runs");
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "stripe");
}
