/** A call of gRPC that failed: its code, and the service's words. What follows from it is for each service to say. */

/** Status codes of gRPC. */
export const STATUS = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

export interface GrpcFault {
  /** One of {@link STATUS}. */
  readonly code: number;
  /** The service's own words. */
  readonly details: string;
}

/** What was thrown, or what a stream ended with, as a fault; without a code it is UNKNOWN. */
export function grpcFaultOf(error: unknown): GrpcFault {
  const { code, details, message } = (error ?? {}) as Record<string, unknown>;
  return {
    code: typeof code === 'number' ? code : STATUS.UNKNOWN,
    details: String(details || message || (error instanceof Object ? 'no reason given' : error)),
  };
}
