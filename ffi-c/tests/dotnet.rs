//! The generated C# is what the sources say. `COUNTERMARK_UPDATE=1 cargo test -p countermark-ffi` writes it anew.

use countermark::{Error, ErrorCode, facade};
use std::{
    env, fs,
    path::{Path, PathBuf},
};

#[test]
fn the_native_methods_are_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let fresh = Path::new(env!("CARGO_TARGET_TMPDIR")).join("NativeMethods.g.cs");
    sources(&root.join("src"))
        .into_iter()
        .fold(csbindgen::Builder::default(), |builder, source| {
            builder.input_extern_file(source)
        })
        // On Windows, `countermark.dll` would be the same file as the assembly `Countermark.dll`.
        .csharp_dll_name("libcountermark")
        .csharp_namespace("Countermark.Native")
        .csharp_class_name("NativeMethods")
        .csharp_class_accessibility("internal")
        .csharp_use_function_pointer(false)
        .csharp_use_nint_types(false)
        .csharp_generate_const_filter(|name| name.starts_with("COUNTERMARK_"))
        .generate_csharp_file(&fresh)
        .expect("generated");
    let text = fs::read_to_string(&fresh).expect("written");
    compare("NativeMethods.g.cs", &text);
}

/// In one order on every machine.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .expect("folder")
        .map(|entry| entry.expect("entry").path())
        // The feature that .NET does without: it has a client of its own.
        .filter(|path| path.file_stem().is_none_or(|name| name != "http"))
        .collect();
    entries.sort();
    let (folders, mut files): (Vec<_>, Vec<_>) =
        entries.into_iter().partition(|path| path.is_dir());
    for folder in folders {
        files.extend(sources(&folder));
    }
    files
}

#[test]
fn the_error_codes_are_current() {
    let mut text = "// Generated from core/src/error/table.rs by ffi-c/tests/dotnet.rs; do not edit.\n\
        namespace Countermark\n{\n    /// <summary>The rows of the error table. A library that is newer than this package may give numbers that have no name here.</summary>\n    \
        public enum ErrorCode\n    {\n        /// <summary>No error.</summary>\n        None = 0,\n"
        .to_owned();
    for row in facade::list_errors() {
        text += &format!(
            "\n        /// <summary>{}.</summary>\n        {} = {},\n",
            row.message,
            pascal(row.name),
            row.number
        );
    }
    text += &format!(
        "    }}\n}}\n\nnamespace Countermark.Native\n{{\n    internal static class Generated\n    {{\n        internal const uint AbiVersion = {};\n",
        facade::ABI_VERSION
    );
    // The only messages that are needed where the library is not there to give them.
    for row in facade::list_errors() {
        if matches!(row.name, "ABI_MISMATCH" | "LIBRARY_MISSING") {
            text += &format!(
                "        internal const string {} = \"{}\";\n",
                pascal(row.name),
                row.message
            );
        }
    }
    text += &format!(
        "        internal const string PublicMessage = \"{}\";\n    }}\n}}\n",
        Error::new(ErrorCode::SignatureMismatch).public_message()
    );
    compare("ErrorCode.g.cs", &text);
}

fn pascal(name: &str) -> String {
    name.split('_')
        .map(|word| word.chars().next().into_iter().collect::<String>() + &word[1..].to_lowercase())
        .collect()
}

fn compare(name: &str, text: &str) {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("dotnet/src/Countermark/Native")
        .join(name);
    if env::var_os("COUNTERMARK_UPDATE").is_some() {
        fs::write(&committed, text).expect("written");
    }
    assert!(
        fs::read_to_string(&committed).is_ok_and(|kept| kept == text),
        "{name} differs from the sources: run with COUNTERMARK_UPDATE=1, and review the difference"
    );
}
