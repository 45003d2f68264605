//! The program of `tests/scale` in Rust: waits for many logins at once, and says what that takes.

use countermark::{Client, facade::LoginConfig, transport::system_now_ms};
use std::{fs, sync::Arc, time::Duration};
use tokio::{sync::Semaphore, task::JoinSet};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let [server, logins, seconds] = std::env::args()
        .skip(1)
        .collect::<Vec<_>>()
        .try_into()
        .map_err(|_| "scale SERVER LOGINS SECONDS")?;
    let (logins, seconds): (usize, i64) = (logins.parse()?, seconds.parse()?);
    let client = Client::new(LoginConfig {
        server: Some(server),
        service_name: "Example".into(),
        service_address: "https://example.com".into(),
        ..LoginConfig::default()
    })?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let (mut begun, turns) = (JoinSet::new(), Arc::new(Semaphore::new(50)));
        let before = usage()?;
        for number in 0..logins {
            let (client, turns) = (client.clone(), Arc::clone(&turns));
            begun.spawn(async move {
                let _turn = turns.acquire().await;
                client.begin(&format!("user{number}")).await
            });
        }
        let mut waits = JoinSet::new();
        let mut sessions = Vec::with_capacity(logins);
        while let Some(challenge) = begun.join_next().await {
            sessions.push(challenge??.session);
        }
        let begun = usage()?;
        let deadline_ms = system_now_ms() + 1000 * seconds;
        for session in sessions {
            let client = client.clone();
            waits.spawn(async move { client.wait(&session, Some(deadline_ms)).await });
        }
        let (mut files, mut during) = (0, before);
        while system_now_ms() < deadline_ms - 1000 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            files = files.max(fs::read_dir("/proc/self/fd")?.count());
            during = usage()?;
        }
        while let Some(outcome) = waits.join_next().await {
            if !outcome??.is_open() {
                return Err("a login has ended".into());
            }
        }
        let cpu_ms = usage()?.cpu_ms - begun.cpu_ms;
        let grown = during.rss_bytes - before.rss_bytes;
        println!(r#"{{"grown_bytes":{grown},"cpu_ms":{cpu_ms},"files":{files}}}"#);
        Ok(())
    })
}

#[derive(Clone, Copy)]
struct Usage {
    rss_bytes: i64,
    cpu_ms: i64,
}

/// What Linux says of this process.
fn usage() -> Result<Usage, Box<dyn std::error::Error>> {
    let field = |text: &str, at: usize| text.split_whitespace().nth(at).unwrap_or("").parse();
    let stat = fs::read_to_string("/proc/self/stat")?;
    let (_, numbers) = stat.rsplit_once(')').ok_or("no stat")?;
    // Pages of 4 KB, and ticks of 10 ms.
    let (user, system): (i64, i64) = (field(numbers, 11)?, field(numbers, 12)?);
    let pages: i64 = field(&fs::read_to_string("/proc/self/statm")?, 1)?;
    Ok(Usage {
        rss_bytes: 4096 * pages,
        cpu_ms: 10 * (user + system),
    })
}
