//! `replay.run`

use crate::{Answer, Refusal, fields::Fields};
use countermark::{Result, facade::ReplayMemory};
use serde_json::{Value, json};

pub(crate) fn run(fields: Fields<'_>) -> Answer {
    if fields.text("store")? != "memory" {
        return Err(Refusal::BadRequest);
    }
    let capacity = fields.int_opt("capacity")?.map(u32::try_from).transpose();
    let memory = ReplayMemory::new(capacity.map_err(|_| Refusal::BadRequest)?)?;
    let results = fields
        .objects("events")?
        .into_iter()
        .map(|event| step(&memory, event));
    Ok(json!({"results": results.collect::<std::result::Result<Vec<_>, _>>()?}))
}

/// `true` when the step took effect, `false` when there was nothing to do, the name of the error otherwise.
fn step(memory: &ReplayMemory, event: Fields<'_>) -> Answer {
    let key = event.text("key")?;
    let result: Result<bool> = match event.text("op")? {
        "reserve" => {
            let (ttl_s, now_ms) = (event.int("ttl_s")?, event.int("now_ms")?);
            let until_ms = ttl_s
                .checked_mul(1000)
                .and_then(|ttl| now_ms.checked_add(ttl));
            memory
                .reserve(key, until_ms.ok_or(Refusal::BadRequest)?, now_ms)
                .map(|()| true)
        }
        "commit" => memory.commit(key),
        "is_committed" => memory.is_committed(key),
        "release" => memory.release(key),
        _ => return Err(Refusal::BadRequest),
    };
    Ok(result.map_or_else(|error| Value::from(error.code().name()), Value::from))
}
