"""A second opinion on the AWS resources: the same resources as a CloudFormation template, judged by cfn-lint.

The emulator accepts much that AWS refuses; cfn-lint carries AWS's own resource schemas, with the instance classes and
engine versions of each region. The AWS provider notes every resource it checks (`Record`); `judge.findings` translates
and judges them once the engine has checked the last one.

    record.py     what was checked in this engine run
    translate.py  our resources -> a CloudFormation template, remembering where each property came from
    judge.py      cfn-lint's findings -> findings about our resources and properties
"""
