/** Lengths of bodies in bytes; 0 stands for the query. */
export const SIZES = [0, 256, 1024, 2048, 4096, 65_536, 1_048_576];
