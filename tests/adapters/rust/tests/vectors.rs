//! Runs every vector of `tests/vectors` through the adapter. Those of `login/` need servers: `cli/tests/client` runs them. Those of
//! `receiver/` are for the helpers of web frameworks, of which Rust has none.

use serde_json::{Map, Value};
use std::{
    fs,
    path::{Path, PathBuf},
};

#[test]
fn every_vector_gives_its_answer() {
    let mut files = Vec::new();
    collect(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors"),
        &mut files,
    );
    assert!(!files.is_empty());
    let (mut ran, mut failures) = (0, Vec::new());
    for path in files {
        let file: Value =
            serde_json::from_str(&fs::read_to_string(&path).expect("readable")).expect("JSON");
        for group in file["testGroups"].as_array().expect("testGroups") {
            for test in group["tests"].as_array().expect("tests") {
                ran += 1;
                if let Err(difference) = run(group, test) {
                    failures.push(format!(
                        "{} tcId {}: {difference}",
                        path.display(),
                        test["tcId"]
                    ));
                }
            }
        }
    }
    assert!(
        ran > 0 && failures.is_empty(),
        "{ran} ran, {} failed\n{}",
        failures.len(),
        failures.join("\n")
    );
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(folder)
        .expect("folder")
        .map(|entry| entry.expect("entry").path())
        .collect();
    entries.sort();
    for path in entries {
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if path.is_dir() && !matches!(name, "login" | "receiver" | "schema") {
            collect(&path, files);
        } else if name.ends_with(".json") {
            files.push(path);
        }
    }
}

fn run(group: &Value, test: &Value) -> Result<(), String> {
    let mut request: Map<String, Value> = group["request"].as_object().cloned().unwrap_or_default();
    request.extend(test["request"].as_object().cloned().unwrap_or_default());
    request.insert("id".into(), test["tcId"].clone());
    let answer = countermark_adapter::answer(&Value::Object(request).to_string());
    let (expected, got) = match test["result"].as_str() {
        Some("valid") => (&test["ok"], &answer["ok"]),
        Some("invalid") => (&test["error"], &answer["error"]),
        other => return Err(format!("result {other:?}")),
    };
    if expected.is_null() || expected != got {
        return Err(format!(
            "{}: expected {expected}, got {answer}",
            test["comment"]
        ));
    }
    Ok(())
}
