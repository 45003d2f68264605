<?php

declare(strict_types=1);

namespace Countermark\Native;

use Countermark\Handle;
use FFI;

/** `ffi-c/src/replay.rs` */
trait ReplayMemories
{
    public function replayMemoryNew(?int $capacity): Handle
    {
        $place = $this->place('countermark_replay_memory');
        $this->check($this->ffi->countermark_replay_memory_new($this->span($capacity), $place, $error = $this->errorPlace()), $error);
        return $this->owned('countermark_replay_memory', $place);
    }

    public function replayMemoryReserve(Handle $memory, string $key, int $untilMs, int $nowMs): void
    {
        $this->check($this->ffi->countermark_replay_memory_reserve(
            $memory->pointer,
            $key,
            \strlen($key),
            $untilMs,
            $nowMs,
            $error = $this->errorPlace(),
        ), $error);
    }

    public function replayMemoryCommit(Handle $memory, string $key): bool
    {
        $held = $this->ffi->new('int32_t');
        $this->check($this->ffi->countermark_replay_memory_commit(
            $memory->pointer,
            $key,
            \strlen($key),
            FFI::addr($held),
            $error = $this->errorPlace(),
        ), $error);
        return $held->cdata === 1;
    }

    public function replayMemoryIsCommitted(Handle $memory, string $key): bool
    {
        $committed = $this->ffi->new('int32_t');
        $this->check($this->ffi->countermark_replay_memory_is_committed(
            $memory->pointer,
            $key,
            \strlen($key),
            FFI::addr($committed),
            $error = $this->errorPlace(),
        ), $error);
        return $committed->cdata === 1;
    }

    public function replayMemoryRelease(Handle $memory, string $key): bool
    {
        $held = $this->ffi->new('int32_t');
        $this->check($this->ffi->countermark_replay_memory_release(
            $memory->pointer,
            $key,
            \strlen($key),
            FFI::addr($held),
            $error = $this->errorPlace(),
        ), $error);
        return $held->cdata === 1;
    }

    public function webhookKeepUntilMs(?int $replayUntilMs, ?int $keepSeconds, int $nowMs): int
    {
        $until = $this->ffi->new('int64_t');
        $this->check($this->ffi->countermark_webhook_keep_until_ms(
            $replayUntilMs ?? \PHP_INT_MIN,
            $this->span($keepSeconds),
            $nowMs,
            FFI::addr($until),
            $error = $this->errorPlace(),
        ), $error);
        return $until->cdata;
    }

    public function replayMemorySize(Handle $memory): int
    {
        return $this->ffi->countermark_replay_memory_size($memory->pointer);
    }
}
