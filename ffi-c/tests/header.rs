//! The committed header is what the sources say. `COUNTERMARK_UPDATE=1 cargo test -p countermark-ffi` writes it anew.

use countermark::facade;
use std::{fs, path::Path};

/// The version of the ABI and every row of the error table, as macros.
fn constants() -> String {
    let mut text = format!(
        "\n#define COUNTERMARK_ABI_VERSION {}\n\n#define COUNTERMARK_OK 0\n",
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

#[test]
fn the_header_is_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut config =
        cbindgen::Config::from_file(root.join("cbindgen.toml")).expect("cbindgen.toml");
    config.after_includes = Some(constants());
    let mut header = Vec::new();
    cbindgen::generate_with_config(root, config)
        .expect("header")
        .write(&mut header);
    let header = String::from_utf8(header).expect("UTF-8");
    let committed = root.join("include/countermark.h");
    if std::env::var_os("COUNTERMARK_UPDATE").is_some() {
        fs::write(&committed, &header).expect("written");
    }
    assert!(
        fs::read_to_string(&committed).is_ok_and(|text| text == header),
        "include/countermark.h differs from the sources: run with COUNTERMARK_UPDATE=1, and review the difference"
    );
}
