<?php

// A length beyond the memory that PHP has for the text.
$library = FFI::cdef('int32_t countermark_webhook_handshake_order(const char *scheme, size_t scheme_len);', getenv('COUNTERMARK_LIBRARY'));
$scheme = FFI::new('char[5]');
FFI::memcpy($scheme, 'slack', 5);
$library->countermark_webhook_handshake_order($scheme, 4096);
