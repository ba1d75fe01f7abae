# An easy pace all along; praise is rare and comes once.
device-check
only good_pace
0:00 speak 140
2:00 end
expect hint good_pace between 0:35 and 1:00
hint 0:40.0 good_pace | about 140 words a minute over the last 30 s
