//! The committed lists of what the library exports, and of how its structures lie in memory: whoever changes one sees it in the
//! difference. `COUNTERMARK_UPDATE=1 cargo test -p countermark-ffi --test abi` writes them anew.

mod support;

use std::{collections::BTreeSet, fmt::Write, fs, process::Command};
use support::{compare, exported, functions, header, libraries, root, run, without_http};

#[test]
fn the_library_exports_what_the_list_allows_and_the_header_declares() {
    let exported = exported(&libraries());
    let list: String = exported.iter().map(|name| format!("{name}\n")).collect();
    compare("abi/symbols.txt", &list);

    let declared = functions(&without_http(&header()));
    let declared: BTreeSet<String> = declared.into_iter().map(|it| it.name).collect();
    assert_eq!(exported, declared);
}

/// Every structure with its fields, as the header has them.
fn structures(header: &str) -> Vec<(String, Vec<String>)> {
    let mut all: Vec<(String, Vec<String>)> = Vec::new();
    let mut inside = false;
    for line in header.lines() {
        if let Some(name) = line
            .strip_prefix("typedef struct ")
            .and_then(|rest| rest.strip_suffix(" {"))
        {
            all.push((name.to_owned(), Vec::new()));
            inside = true;
        } else if line.starts_with('}') {
            inside = false;
        } else if let (true, Some(field), Some((_, fields))) =
            (inside, line.trim().strip_suffix(';'), all.last_mut())
        {
            let name = field.rsplit([' ', '*']).next().unwrap_or_default();
            fields.push(name.to_owned());
        }
    }
    all
}

#[test]
fn the_structures_lie_as_the_list_says() {
    let mut program = String::from(
        "#include \"countermark.h\"\n#include <stdalign.h>\n#include <stdio.h>\nint main(void) {\n",
    );
    let structures = structures(&header());
    assert!(structures.len() > 20);
    for (name, fields) in structures {
        let _ = writeln!(
            program,
            "printf(\"{name} size %zu align %zu\\n\", sizeof({name}), alignof({name}));"
        );
        for field in fields {
            let _ = writeln!(
                program,
                "printf(\"  {field} offset %zu size %zu\\n\", offsetof({name}, {field}), sizeof((({name} *)0)->{field}));"
            );
        }
    }
    program += "return 0;\n}\n";
    let folder = libraries();
    let (source, binary) = (folder.join("layout.c"), folder.join("layout"));
    fs::write(&source, program).expect("written");
    run(Command::new("gcc")
        .args(["-std=c11", "-I"])
        .arg(root().join("include"))
        .arg("-o")
        .arg(&binary)
        .arg(&source));
    assert_eq!(size_of::<usize>(), 8, "the list is for 64 bits");
    compare("abi/layout.txt", &run(&mut Command::new(&binary)));
}
