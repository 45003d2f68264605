//! One process of `tests/nodes`: takes each key that it is told, a line each, and says what came of it. `release:KEY` frees one.
//! One that begins with `over-` is asked for when its time is over. After some keys it goes on in another runtime, as a blocking client
//! does with each call.

use countermark::{ErrorCode, OnceStore, RedisStore};
use std::{
    io::{BufRead, Write},
    time::{SystemTime, UNIX_EPOCH},
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::args().nth(1).ok_or("the address of Redis")?;
    let store = RedisStore::new(&url)?.with_prefix("race:");
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
    };
    let mut current = runtime()?;
    let mut output = std::io::stdout().lock();
    for (number, key) in std::io::stdin().lock().lines().enumerate() {
        let key = key?;
        if number % 100 == 99 {
            current = runtime()?;
        }
        if let Some(taken) = key.strip_prefix("release:") {
            current.block_on(store.release(taken))?;
            writeln!(output, "{key} ok")?;
            output.flush()?;
            continue;
        }
        let now_ms = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?;
        let until_ms = if key.starts_with("over-") {
            now_ms - 1
        } else {
            now_ms + 600_000
        };
        let said = match current.block_on(store.reserve(&key, until_ms, now_ms)) {
            Ok(()) => "ok",
            Err(error) if error.code() == ErrorCode::Replayed => "REPLAYED",
            Err(error) => error.code().name(),
        };
        writeln!(output, "{key} {said}")?;
        output.flush()?;
    }
    Ok(())
}
