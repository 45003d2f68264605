<?php

declare(strict_types=1);

namespace Countermark\Native;

use FFI;

/** `ffi-c/src/meta.rs` */
trait Meta
{
    public function version(): string
    {
        return $this->someText($this->ffi->countermark_version());
    }

    public function abiVersion(): int
    {
        return $this->ffi->countermark_abi_version();
    }

    /**
     * @return list<array{
     *     number: int, name: string, class: string, retryable: bool, http_status: int,
     *     message: string, hint: string, public: bool
     * }>
     */
    public function errorTable(): array
    {
        $rows = [];
        $row = $this->ffi->new('countermark_error_row');
        $count = $this->ffi->countermark_error_table_len();
        for ($at = 0; $at < $count; $at++) {
            $this->check($this->ffi->countermark_error_table_row($at, FFI::addr($row), $error = $this->errorPlace()), $error);
            $rows[] = [
                'number' => $row->number,
                'name' => $this->someText($row->name),
                'class' => $this->someText($row->group),
                'retryable' => $row->retryable === 1,
                'http_status' => $row->http_status,
                'message' => $this->someText($row->message),
                'hint' => $this->someText($row->hint),
                'public' => $row->is_public === 1,
            ];
        }
        return $rows;
    }

    /** @return list<array{number: int, name: string, terminal: bool}> in order of number, from 0 */
    public function stateTable(): array
    {
        $rows = [];
        $row = $this->ffi->new('countermark_state_row');
        $count = $this->ffi->countermark_state_table_len();
        for ($at = 0; $at < $count; $at++) {
            $this->check($this->ffi->countermark_state_table_row($at, FFI::addr($row), $error = $this->errorPlace()), $error);
            $rows[] = [
                'number' => $row->number,
                'name' => $this->someText($row->name),
                'terminal' => $row->is_terminal === 1,
            ];
        }
        return $rows;
    }
}
