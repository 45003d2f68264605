use super::{super::row::BASE, *};

fn join(text: &str, rule: Pairs<'_>) -> Result<String> {
    let joined = Params::parse(text.as_bytes())?.join(&rule, "sig")?;
    Ok(String::from_utf8(joined).unwrap())
}

#[test]
fn sorts_by_bytes_and_leaves_the_signature_out() {
    assert_eq!(
        join("b=2&a=1&sig=x&A=0", BASE.pairs).unwrap(),
        "A=0&a=1&b=2"
    );
    let rule = Pairs {
        text: PairText::Percent,
        ..BASE.pairs
    };
    assert_eq!(join("a=x+y%26", rule).unwrap(), "a=x%20y%26");
    let rule = Pairs {
        text: PairText::UrlStandard,
        ..BASE.pairs
    };
    assert_eq!(join("a=x+y%26*~%7e", rule).unwrap(), "a=x%20y%26*%7E%7E");
}

#[test]
fn the_start_of_a_name_sorts_as_the_name() {
    let names: Vec<&[u8]> = alloc::vec![
        b"",
        b"\0",
        b"a",
        b"a\0",
        b"aa",
        b"ab",
        b"abcdefg",
        b"abcdefgh",
        b"abcdefgi",
        b"b",
        b"\xff",
        b"\xff\xff\xff\xff\xff\xff\xff\xff"
    ];
    for (at, two) in names.windows(2).enumerate() {
        let keys = [sort_key(at, two[0]), sort_key(at + 1, two[1])];
        assert!(keys[0] < keys[1] && two[0] < two[1]);
        assert_eq!(keys.map(place), [at, at + 1]);
    }
    assert_eq!(
        join("FromCountry=1&FromCity=2&FromC=3&From=4", BASE.pairs).unwrap(),
        "From=4&FromC=3&FromCity=2&FromCountry=1"
    );
}

#[test]
fn pairs_end_at_an_ampersand_wherever_they_stand() {
    for length in 0..70 {
        let value = "v".repeat(length);
        for escape in ["", "+", "%2b", "=", "=%3D"] {
            let text = alloc::format!("&n={value}{escape}&{value}m{escape}={value}&&{value}");
            let parsed = Params::parse(text.as_bytes()).unwrap();
            let found: Vec<_> = parsed.all().iter().map(|p| (p.name(), p.value())).collect();
            let expected: Vec<_> = form_urlencoded::parse(text.as_bytes()).collect();
            let expected: Vec<_> = expected
                .iter()
                .map(|(name, value)| (name.as_bytes(), value.as_bytes()))
                .collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}

#[test]
fn repeats_follow_the_rule() {
    assert_eq!(
        join("a=1&a=2", BASE.pairs).map_err(|e| e.code()),
        Err(ErrorCode::AmbiguousInput)
    );
    let rule = |repeats| Pairs {
        repeats,
        equals: "=",
        join: "",
        ..BASE.pairs
    };
    assert_eq!(
        join("b=1&a=2&a=1&a=2", rule(Repeats::Comma)).unwrap(),
        "a=2,1,2b=1"
    );
    assert_eq!(
        join("b=1&a=2&a=1&a=2", rule(Repeats::Unique)).unwrap(),
        "a=1a=2b=1"
    );
    assert_eq!(
        join("i[]=1&i[]=2", rule(Repeats::Arrays)).unwrap(),
        "i[]=1i[]=2"
    );
    assert!(join("i=1&i=2", rule(Repeats::Arrays)).is_err());
    let single = Pairs {
        single: "shop",
        ..rule(Repeats::Comma)
    };
    assert!(join("shop=1&shop=2", single).is_err());
}

#[test]
fn no_decoded_text_has_a_second_reading() {
    let code = |text: &str, rule| join(text, rule).map_err(|error| error.code());
    let refused = Err(ErrorCode::AmbiguousInput);
    let rule = |equals, join| Pairs {
        equals,
        join,
        ..BASE.pairs
    };
    assert_eq!(code("a=b=c", BASE.pairs), Ok("a=b=c".into()));
    assert_eq!(code("a%3Db=c", BASE.pairs), refused);
    assert_eq!(code("a%3Db=c", rule("=", "")), refused);
    assert_eq!(code("a=b%26c", BASE.pairs), refused);
    assert_eq!(code("a%3Db=c", rule("", "")), Ok("a=bc".into()));
    // A mark that begins in the text and ends in the mark itself.
    assert_eq!(code("a:=b", rule("::", "&")), refused);
    assert_eq!(code("a=:b", rule("::", "&")), Ok("a:::b".into()));
    assert_eq!(code("a:=b", rule(":-", "&")), Ok("a::-b".into()));
    let percent = Pairs {
        text: PairText::Percent,
        ..BASE.pairs
    };
    assert_eq!(code("a%3Db=c", percent), Ok("a%3Db=c".into()));
}

#[test]
fn finds_single_parameters_only() {
    let params = Params::parse(b"a=1&b=&c&d=1&d=1").unwrap();
    assert_eq!(params.find("a"), Ok(Some(&b"1"[..])));
    assert_eq!(params.find("b"), Ok(None));
    assert_eq!(
        params.find("d").map_err(|e| e.code()),
        Err(ErrorCode::AmbiguousInput)
    );
    assert_eq!(
        params.require("c").map_err(|e| e.code()),
        Err(ErrorCode::MissingParameter)
    );
    assert_eq!(params.raw_without("b"), b"a=1&c&d=1&d=1");
}
