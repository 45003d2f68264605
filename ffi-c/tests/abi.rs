//! The committed lists of the functions that the library exports, and of how its structures lie in memory: whoever changes one sees it in the
//! difference. `COUNTERMARK_UPDATE=1 cargo test -p countermark-ffi --test abi` writes them anew.

mod support;

use std::{collections::BTreeSet, fmt::Write, fs, process::Command};
use support::{Function, compare, exported, functions, header, libraries, root, run, without_http};

#[test]
fn the_library_exports_what_the_list_allows_and_the_header_declares() {
    let declared = functions(&without_http(&header()));
    let mut list: Vec<String> = declared.iter().map(prototype).collect();
    list.sort();
    compare("abi/symbols.txt", &(list.join("\n") + "\n"));

    let names: BTreeSet<String> = declared.into_iter().map(|it| it.name).collect();
    assert_eq!(exported(&libraries()), names);
}

/// Name, types of the parameters and type of the result: a caller that was compiled before counts on all of them.
fn prototype(function: &Function) -> String {
    let parameters: Vec<String> = function
        .parameters
        .iter()
        .map(|(kind, name)| {
            let space = if kind.ends_with('*') { "" } else { " " };
            format!("{kind}{space}{name}")
        })
        .collect();
    format!(
        "{}({}) -> {}",
        function.name,
        parameters.join(", "),
        function.returns
    )
}

#[test]
fn a_changed_parameter_changes_the_list() {
    let [one, other] = ["int64_t a", "uint32_t a"].map(|parameter| {
        let header = format!("countermark_status countermark_b({parameter}, const char *c);");
        let declared = functions(&header);
        declared.iter().map(prototype).collect::<Vec<_>>()
    });
    assert_eq!(
        one,
        ["countermark_b(int64_t a, const char *c) -> countermark_status"]
    );
    assert_ne!(one, other);
}

/// Every structure with its fields, type and name, as the header has them.
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
            fields.push(field.to_owned());
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
        for declaration in fields {
            let field = declaration.rsplit([' ', '*']).next().unwrap_or_default();
            let _ = writeln!(
                program,
                "printf(\"  {declaration} offset %zu size %zu\\n\", offsetof({name}, {field}), sizeof((({name} *)0)->{field}));"
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
