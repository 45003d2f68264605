//! Reading the reply to a start, with an access pass of 2.6 KB in base64, beside the least that any reader does: copying the reply
//! once. The two decoders show why the picture, which is no secret, is not decoded in constant time.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use base64ct::{Base64, Encoding as _};
use countermark::facade::{RequestKind, parse_reply};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use std::hint::black_box;

const ICON: [u8; 1966] = [0x5a; 1966];

fn reply(criterion: &mut Criterion) {
    let icon = STANDARD.encode(ICON);
    let body = format!(
        "authsessionid=-8337412603900330717&servicename=Example&secsignid=alice&authsessionstate=1\
         &serviceaddress=https://www.example.com/&requestid={}&authsessionicondata={icon}",
        "F2C5".repeat(16)
    );
    let mut group = criterion.benchmark_group("reply with an icon of 2.6 KB");
    group.bench_function("limit: copy the reply", |bencher| {
        bencher.iter(|| black_box(body.as_bytes()).to_vec());
    });
    group.bench_function("limit: decode the icon", |bencher| {
        bencher.iter_batched_ref(
            || [0; ICON.len() + 2],
            |out| STANDARD.decode_slice(black_box(&icon), out),
            BatchSize::SmallInput,
        );
    });
    group.bench_function("decode the icon in constant time", |bencher| {
        bencher.iter_batched_ref(
            || [0; ICON.len()],
            |out| Base64::decode(black_box(&icon), out).map(<[u8]>::len),
            BatchSize::SmallInput,
        );
    });
    group.bench_function("countermark", |bencher| {
        bencher.iter(|| parse_reply(RequestKind::Start, black_box(body.as_bytes())));
    });
    group.finish();
    assert!(parse_reply(RequestKind::Start, body.as_bytes()).is_ok());
}

criterion_group!(benches, reply);
criterion_main!(benches);
