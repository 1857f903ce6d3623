import { Images, type ListPoliciesRequest } from '@k8or/contracts/rpc/chartstore/v1/images'
import { NotFoundError, RpcService } from '@k8or/rpc'
import { PolicyReport } from '../../domain/images/policy-report'

@RpcService(Images)
export class ImageAnswers {
  constructor(private readonly report: PolicyReport) {}

  async listPolicies({ namespace, name }: ListPoliciesRequest) {
    const policies = await this.report.of(namespace, name)
    if (!policies)
      throw new NotFoundError(`there is no application ${namespace === '' ? name : `${namespace}/${name}`}`)
    return { policies: [...policies] }
  }
}
