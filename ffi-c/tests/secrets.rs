//! What the C library does with secrets, as it is shipped: nothing but the verdict depends on a key, and no key stays behind.

mod support;

use std::{path::PathBuf, process::Command};
use support::{cargo, compile, libraries, root, run};

/// The libraries as they are released: what an optimiser makes of them matters here.
fn released() -> PathBuf {
    run(cargo(env!("CARGO")).args(["build", "--locked", "--release", "-p", "countermark-ffi"]));
    let target = libraries();
    target.parent().expect("target").join("release")
}

#[test]
fn no_jump_and_no_address_depends_on_a_key_but_for_the_verdict() {
    let source = root().join("tests/c/taint.c");
    let program = compile("gcc", &["-std=c11", "-O1"], &source, &released());
    let said = run(Command::new("valgrind")
        .args(["-q", "--error-limit=no"])
        .arg(program));
    print!("{said}");
}

#[test]
fn no_key_is_left_in_memory() {
    let source = root().join("tests/c/wiped.c");
    let program = compile(
        "gcc",
        &["-std=c11", "-O1", "-Wl,-z,now"],
        &source,
        &released(),
    );
    print!("{}", run(&mut Command::new(program)));
}
