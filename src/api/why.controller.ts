import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Needs } from '../access/needs.js';
import { labelsFrom } from '../core/alert.js';
import { readQuery } from './read-request.js';
import { splitLabels } from './start-request.js';
import { Why } from './why.js';

const nothingElse = z.strictObject({});

/** Answers "why?". */
@ApiTags('decisions')
@Controller('api/v1/why')
export class WhyController {
  constructor(private readonly why: Why) {}

  /** Says why something, or nothing, was done. */
  @Get(':id')
  @Needs('read')
  @ApiOperation({ summary: 'Why an alert was answered or not, or why an execution stands where it stands' })
  @ApiQuery({ name: 'label.<name>', required: false, type: String, description: 'labels of the alert, all of them' })
  async about(@Param('id') id: string, @Query() query: unknown): Promise<object> {
    const { labels, rest } = splitLabels(query);
    readQuery(nothingElse, rest);
    return this.why.about(id, Object.keys(labels).length === 0 ? undefined : labelsFrom(labels));
  }
}
