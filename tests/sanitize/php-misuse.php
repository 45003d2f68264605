<?php

// php-misuse.php overread | leak | misaligned: what a program does wrong, and a sanitizer must see.
$library = FFI::cdef(
    'int32_t countermark_webhook_handshake_order(const char *scheme, size_t scheme_len);
    int32_t countermark_replay_memory_new(int64_t capacity, void *out, void *error);',
    getenv('COUNTERMARK_LIBRARY'),
);
if ($argv[1] === 'overread') {
    // A length beyond the memory that PHP has for the text.
    $scheme = FFI::new('char[5]');
    FFI::memcpy($scheme, 'slack', 5);
    $library->countermark_webhook_handshake_order($scheme, 4096);
} elseif ($argv[1] === 'leak') {
    $library->countermark_replay_memory_new(16, FFI::new('void *[1]'), null);
} elseif ($argv[1] === 'misaligned') {
    $memory = FFI::new('char[64]');
    $library->countermark_replay_memory_new(16, FFI::addr($memory[1]), null);
}
