//! Small readers: SecSign IDs, return addresses, links, pictures.

#![no_main]

use countermark::facade::{AccessPass, AppLink, normalize_secsign_id, safe_return_url};

libfuzzer_sys::fuzz_target!(|input: (&str, &str, &str, &[u8])| {
    let (first, second, third, bytes) = input;
    if let Ok(once) = normalize_secsign_id(first) {
        assert!(once.is_ascii());
        assert_eq!(normalize_secsign_id(&once), Ok(once));
    }
    if let Ok(url) = safe_return_url("https://site.example", first, "/start") {
        let url = url.to_ascii_lowercase();
        let is_path = url.starts_with('/') && !url.starts_with("//") && !url.contains('\\');
        let on_site = url
            .strip_prefix("https://site.example")
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']));
        assert!(is_path || on_site, "{url}");
    }
    drop(safe_return_url(first, second, third));
    if let Ok(link) =
        AppLink::new(None, first).and_then(|app| app.authenticate(second, "-42", third))
    {
        let query = link
            .strip_prefix("com.secsign.secsignid://authenticate?")
            .unwrap();
        let names: Vec<_> = query
            .split('&')
            .filter_map(|part| part.split('=').next())
            .collect();
        assert_eq!(
            names,
            ["secsignid", "authsessionid", "returnurl", "idserverurl"]
        );
    }
    drop(AppLink::new(Some(first), second));
    drop(AccessPass::from_png(bytes.to_vec()));
    if let Ok(pass) = AccessPass::from_base64(first) {
        assert!(pass.png().starts_with(b"\x89PNG"));
    }
});
