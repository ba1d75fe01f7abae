# 4 dB quieter than in the device check: nobody would notice.
device-check
only speak_up
0:00 speak 140
0:30 level -4
1:00 end
expect no hint speak_up
