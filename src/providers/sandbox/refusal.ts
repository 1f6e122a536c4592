/**
 * Thrown where a request is not as the sandbox's dialect wants it; becomes an answer in that
 * dialect.
 */
import type { Complaint } from '../../chat/events.ts'

export class SandboxRefusal extends Error {
  override readonly name = 'SandboxRefusal'
  readonly status: number
  readonly complaint: Complaint

  constructor(status: number, complaint: Complaint) {
    super(complaint.message)
    this.status = status
    this.complaint = complaint
  }
}
