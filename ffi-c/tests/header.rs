//! The committed headers are what the sources say, and say something about everything.
//! `COUNTERMARK_UPDATE=1 cargo test -p countermark-ffi --test header` writes them anew.

mod support;

use countermark::facade;
use std::{
    io::Write,
    process::{Command, Stdio},
};
use support::{compare, root};

/// The version of the ABI and every row of the error table, as macros.
fn constants() -> String {
    let mut text = format!(
        "\n// The version of the ABI that this header describes.\n#define COUNTERMARK_ABI_VERSION {}\n\n// Success.\n#define COUNTERMARK_OK 0\n",
        facade::ABI_VERSION
    );
    for row in facade::list_errors() {
        text += &format!(
            "\n// {}.\n#define COUNTERMARK_{} {}\n",
            row.message, row.name, row.number
        );
    }
    text
}

fn generate(config: &str, after_includes: Option<String>) -> String {
    let mut config = cbindgen::Config::from_file(root().join(config)).expect("configuration");
    config.after_includes = after_includes;
    let mut header = Vec::new();
    cbindgen::generate_with_config(root(), config)
        .expect("header")
        .write(&mut header);
    String::from_utf8(header).expect("UTF-8")
}

fn c_header() -> String {
    generate("cbindgen.toml", Some(constants()))
}

#[test]
fn the_c_header_is_current() {
    compare("include/countermark.h", &c_header());
}

/// PHP's parser takes declarations without directives, but for the two that it reads itself. It turns a `const char *` that it reads
/// into a PHP string up to the first NUL, so views have `char *`.
#[test]
fn the_php_header_is_current() {
    let mut preprocessor = Command::new("cc")
        .args(["-E", "-P", "-std=c11", "-x", "c", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("cc");
    let mut input = preprocessor.stdin.take().expect("standard input");
    input
        .write_all(generate("cbindgen-php.toml", None).as_bytes())
        .expect("written");
    drop(input);
    let output = preprocessor.wait_with_output().expect("cc");
    assert!(output.status.success());
    let declarations = String::from_utf8(output.stdout).expect("UTF-8");
    let directives = format!(
        "#define FFI_SCOPE \"COUNTERMARK\"\n#define FFI_LIB \"libcountermark.so.{}\"\n",
        facade::ABI_VERSION
    );
    let text = directives + &declarations.replace("  const char *ptr;", "  char *ptr;");
    compare("include/countermark.ffi.h", &text);
}

/// What stands in the header without a word about it.
fn undocumented(header: &str) -> Vec<&str> {
    let mut documented = false;
    let mut in_parameters = false;
    let mut faults = Vec::new();
    for line in header.lines() {
        let text = line.trim();
        if text.starts_with("//") {
            documented = true;
            continue;
        }
        let is_item = [
            "#define COUNTERMARK_",
            "typedef ",
            "struct ",
            "const struct ",
            "int",
            "uint",
            "size_t ",
            "void ",
            "countermark_",
        ]
        .iter()
        .any(|start| text.starts_with(start));
        // The guard, and the lines of a function after its first.
        let is_item = is_item && text != "#define COUNTERMARK_H" && !in_parameters;
        if is_item && !documented {
            faults.push(text);
        }
        in_parameters = (is_item && text.contains('(') || in_parameters) && !text.ends_with(");");
        documented = false;
    }
    faults
}

#[test]
fn everything_in_the_header_is_documented() {
    let header = c_header();
    assert_eq!(undocumented(&header), Vec::<&str>::new());
}

#[test]
fn what_is_not_documented_is_noticed() {
    let text = "/// A step.\nstruct a {\n  /// Its kind.\n  int32_t kind;\n  int64_t time;\n};\n/// Runs.\nvoid countermark_a(int32_t b,\n                   int32_t c);\nvoid countermark_d(void);\n#define COUNTERMARK_E 1\n";
    assert_eq!(
        undocumented(text),
        [
            "int64_t time;",
            "void countermark_d(void);",
            "#define COUNTERMARK_E 1"
        ]
    );
}

/// Who owns an object, and who may use it at the same time.
#[test]
fn every_object_says_who_owns_it() {
    let header = c_header();
    let mut comment = String::new();
    let mut objects = 0;
    for line in header.lines() {
        if line.starts_with("//") {
            comment += line;
            continue;
        }
        if line.starts_with("typedef struct ") && line.ends_with(';') {
            objects += 1;
            assert!(
                comment.contains("Ownership: ")
                    && comment.contains("Threads: ")
                    && comment.contains("_free`"),
                "{line}"
            );
        }
        comment.clear();
    }
    assert!(objects > 20);
}
