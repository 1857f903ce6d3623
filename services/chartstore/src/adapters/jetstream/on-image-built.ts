import { Controller } from '@nestjs/common'
import { imageBuilt, type Fact, type ImageBuilt } from '@k8or/contracts'
import { OnFact } from '@k8or/jetstream'
import { ImageAgenda } from '../../domain/images/image-agenda'
import { RecordedPushes } from './pushed-images'

@Controller()
export class OnImageBuilt {
  constructor(
    private readonly pushes: RecordedPushes,
    private readonly images: ImageAgenda,
  ) {}

  @OnFact(imageBuilt)
  handle({ data }: Fact<ImageBuilt>): Promise<void> {
    this.pushes.expect(data)
    this.images.built(data.image.token)
    return Promise.resolve()
  }
}
